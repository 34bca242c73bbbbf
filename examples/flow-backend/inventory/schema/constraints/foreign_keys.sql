-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'inventory_stock'::regclass AND conname = 'inventory_stock_location_fk') THEN
    ALTER TABLE inventory_stock ADD CONSTRAINT inventory_stock_location_fk
      FOREIGN KEY (location_id) REFERENCES inventory_locations (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'inventory_cylinders'::regclass AND conname = 'inventory_cylinders_location_fk') THEN
    ALTER TABLE inventory_cylinders ADD CONSTRAINT inventory_cylinders_location_fk
      FOREIGN KEY (location_id) REFERENCES inventory_locations (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'inventory_cylinder_events'::regclass
                   AND conname = 'inventory_cylinder_events_cylinder_fk') THEN
    ALTER TABLE inventory_cylinder_events ADD CONSTRAINT inventory_cylinder_events_cylinder_fk
      FOREIGN KEY (cylinder_id) REFERENCES inventory_cylinders (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'inventory_cylinder_events'::regclass
                   AND conname = 'inventory_cylinder_events_location_fk') THEN
    ALTER TABLE inventory_cylinder_events ADD CONSTRAINT inventory_cylinder_events_location_fk
      FOREIGN KEY (location_id) REFERENCES inventory_locations (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'inventory_quality_checks'::regclass
                   AND conname = 'inventory_quality_checks_cylinder_fk') THEN
    ALTER TABLE inventory_quality_checks ADD CONSTRAINT inventory_quality_checks_cylinder_fk
      FOREIGN KEY (cylinder_id) REFERENCES inventory_cylinders (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'inventory_maintenance_records'::regclass
                   AND conname = 'inventory_maintenance_records_cylinder_fk') THEN
    ALTER TABLE inventory_maintenance_records ADD CONSTRAINT inventory_maintenance_records_cylinder_fk
      FOREIGN KEY (cylinder_id) REFERENCES inventory_cylinders (id);
  END IF;
END $$;
