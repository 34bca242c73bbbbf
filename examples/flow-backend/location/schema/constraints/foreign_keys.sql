-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'location_vendor_coverage'::regclass
                   AND conname = 'location_vendor_coverage_service_area_fk') THEN
    ALTER TABLE location_vendor_coverage ADD CONSTRAINT location_vendor_coverage_service_area_fk
      FOREIGN KEY (service_area_id) REFERENCES location_service_areas (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'location_vendor_coverage'::regclass
                   AND conname = 'location_vendor_coverage_place_fk') THEN
    ALTER TABLE location_vendor_coverage ADD CONSTRAINT location_vendor_coverage_place_fk
      FOREIGN KEY (place_id) REFERENCES location_places (id);
  END IF;
END $$;
