-- PostGIS takes a shape that crosses itself, and then answers wrongly about it.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'location_service_areas'::regclass
                   AND conname = 'location_service_areas_area_check') THEN
    ALTER TABLE location_service_areas ADD CONSTRAINT location_service_areas_area_check
      CHECK (st_isvalid(area) AND NOT st_isempty(area));
  END IF;
END $$;
