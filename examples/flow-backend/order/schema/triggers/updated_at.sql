-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'order_deliveries'::regclass AND tgname = 'order_deliveries_touch') THEN
    CREATE TRIGGER order_deliveries_touch BEFORE UPDATE ON order_deliveries
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION order_touch_updated_at();
  END IF;
END $$;
