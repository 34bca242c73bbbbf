-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'payments'::regclass AND tgname = 'payments_touch') THEN
    CREATE TRIGGER payments_touch BEFORE UPDATE ON payments
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION payment_touch_updated_at();
  END IF;
END $$;
