-- Couriers who are free, nearest first, if they were heard of lately.
CREATE OR REPLACE FUNCTION delivery_nearest_couriers(origin geography, cylinders integer, how_many integer)
RETURNS TABLE (courier_id uuid, distance double precision)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT c.id, st_distance(c.last_position, origin)
  FROM delivery_couriers AS c
  WHERE c.status = 'available' AND c.capacity >= cylinders AND c.last_position_at > now() - interval '10 minutes'
  ORDER BY c.last_position <-> origin
  LIMIT how_many;
$$;
