-- Fires before orders_touch, by name.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'orders'::regclass AND tgname = 'orders_close') THEN
    CREATE TRIGGER orders_close BEFORE INSERT OR UPDATE OF status, closed_at ON orders
      FOR EACH ROW EXECUTE FUNCTION cafe_close_order();
  END IF;
END $$;
