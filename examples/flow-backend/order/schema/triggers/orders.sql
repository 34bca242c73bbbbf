-- Without OLD.* and NEW.*: a BEFORE trigger's condition may not look at generated columns.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'order_orders'::regclass AND tgname = 'order_orders_check_status') THEN
    CREATE TRIGGER order_orders_check_status BEFORE UPDATE OF status ON order_orders
      FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION order_check_status();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'order_orders'::regclass AND tgname = 'order_orders_record_status') THEN
    CREATE TRIGGER order_orders_record_status AFTER INSERT OR UPDATE OF status ON order_orders
      FOR EACH ROW EXECUTE FUNCTION order_record_status();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'order_orders'::regclass AND tgname = 'order_orders_touch') THEN
    CREATE TRIGGER order_orders_touch BEFORE UPDATE ON order_orders
      FOR EACH ROW EXECUTE FUNCTION order_touch_updated_at();
  END IF;
END $$;
