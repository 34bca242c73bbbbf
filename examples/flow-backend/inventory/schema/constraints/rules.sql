-- What is true of every row, beyond one column.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'inventory_cylinders'::regclass
                   AND conname = 'inventory_cylinders_tested_check') THEN
    ALTER TABLE inventory_cylinders ADD CONSTRAINT inventory_cylinders_tested_check
      CHECK (last_tested_on >= manufactured_on AND next_test_due_on > last_tested_on);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'inventory_cylinders'::regclass AND conname = 'inventory_cylinders_place_check') THEN
    ALTER TABLE inventory_cylinders ADD CONSTRAINT inventory_cylinders_place_check
      CHECK (status NOT IN ('empty', 'filling', 'full', 'reserved') OR location_id IS NOT NULL);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'inventory_cylinder_events'::regclass
                   AND conname = 'inventory_cylinder_events_status_check') THEN
    ALTER TABLE inventory_cylinder_events ADD CONSTRAINT inventory_cylinder_events_status_check
      CHECK (kind <> 'status_changed'
             OR from_status IS NOT NULL AND to_status IS NOT NULL AND from_status <> to_status);
  END IF;
END $$;
