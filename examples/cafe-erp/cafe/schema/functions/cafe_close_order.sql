-- Says when an order was closed, and forgets it when the order is opened again.
CREATE OR REPLACE FUNCTION cafe_close_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status IN ('paid', 'cancelled') THEN
    NEW.closed_at := coalesce(NEW.closed_at, now());
  ELSE
    NEW.closed_at := NULL;
  END IF;
  RETURN NEW;
END $$;
