-- Which status may follow which.
CREATE OR REPLACE FUNCTION order_check_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (CASE OLD.status
      WHEN 'placed' THEN NEW.status IN ('accepted', 'cancelled')
      WHEN 'accepted' THEN NEW.status IN ('preparing', 'cancelled')
      WHEN 'preparing' THEN NEW.status IN ('dispatched', 'cancelled')
      WHEN 'dispatched' THEN NEW.status IN ('delivered', 'preparing')
      WHEN 'delivered' THEN NEW.status = 'returned'
      ELSE false
    END) THEN
    RAISE EXCEPTION 'order % cannot go from % to %', OLD.number, OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
