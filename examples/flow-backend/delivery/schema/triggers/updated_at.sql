-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'delivery_couriers'::regclass AND tgname = 'delivery_couriers_touch') THEN
    CREATE TRIGGER delivery_couriers_touch BEFORE UPDATE ON delivery_couriers
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION delivery_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'delivery_jobs'::regclass AND tgname = 'delivery_jobs_touch') THEN
    CREATE TRIGGER delivery_jobs_touch BEFORE UPDATE ON delivery_jobs
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION delivery_touch_updated_at();
  END IF;
END $$;
