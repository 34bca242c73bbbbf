-- What is true of every row, beyond one column.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'delivery_couriers'::regclass AND conname = 'delivery_couriers_position_check') THEN
    ALTER TABLE delivery_couriers ADD CONSTRAINT delivery_couriers_position_check
      CHECK ((last_position IS NULL) = (last_position_at IS NULL));
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'delivery_jobs'::regclass AND conname = 'delivery_jobs_courier_check') THEN
    ALTER TABLE delivery_jobs ADD CONSTRAINT delivery_jobs_courier_check
      CHECK (status IN ('offered', 'cancelled') OR courier_id IS NOT NULL);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'delivery_jobs'::regclass AND conname = 'delivery_jobs_finished_check') THEN
    ALTER TABLE delivery_jobs ADD CONSTRAINT delivery_jobs_finished_check
      CHECK ((status IN ('delivered', 'failed', 'cancelled')) = (finished_at IS NOT NULL));
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'delivery_jobs'::regclass AND conname = 'delivery_jobs_failure_check') THEN
    ALTER TABLE delivery_jobs ADD CONSTRAINT delivery_jobs_failure_check
      CHECK (status <> 'failed' OR failure_reason IS NOT NULL);
  END IF;
END $$;
