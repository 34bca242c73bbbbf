-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'carts'::regclass AND tgname = 'carts_touch') THEN
    CREATE TRIGGER carts_touch BEFORE UPDATE ON carts
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION cart_touch_updated_at();
  END IF;
END $$;
