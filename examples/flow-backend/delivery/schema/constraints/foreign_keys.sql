-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'delivery_jobs'::regclass AND conname = 'delivery_jobs_courier_fk') THEN
    ALTER TABLE delivery_jobs ADD CONSTRAINT delivery_jobs_courier_fk
      FOREIGN KEY (courier_id) REFERENCES delivery_couriers (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'delivery_positions'::regclass AND conname = 'delivery_positions_job_fk') THEN
    ALTER TABLE delivery_positions ADD CONSTRAINT delivery_positions_job_fk
      FOREIGN KEY (job_id) REFERENCES delivery_jobs (id) ON DELETE CASCADE;
  END IF;
END $$;
