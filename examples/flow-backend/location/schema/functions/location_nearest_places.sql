-- The nearest active places of a kind, with their distance in metres. <-> walks the GiST index.
CREATE OR REPLACE FUNCTION location_nearest_places(origin geography, wanted location_place_kind, how_many integer)
RETURNS TABLE (place_id uuid, name text, distance double precision)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT p.id, p.name, st_distance(p.position, origin)
  FROM location_places AS p
  WHERE p.is_active AND p.kind = wanted
  ORDER BY p.position <-> origin
  LIMIT how_many;
$$;
