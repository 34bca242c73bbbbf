-- In which service area a point lies; null: nowhere that is served.
CREATE OR REPLACE FUNCTION location_area_of(wanted geography) RETURNS text
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT a.code FROM location_service_areas AS a
  WHERE a.is_active AND st_covers(a.area, wanted::geometry)
  ORDER BY st_area(a.area)
  LIMIT 1;
$$;
