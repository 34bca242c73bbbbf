-- innkeeper: up
-- Without WHEN: a BEFORE trigger's condition may not look at generated columns.
CREATE FUNCTION checkout_touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER orders_touch BEFORE UPDATE ON orders
    FOR EACH ROW EXECUTE FUNCTION checkout_touch_updated_at();

-- innkeeper: down
DROP TRIGGER orders_touch ON orders;
DROP FUNCTION checkout_touch_updated_at();
