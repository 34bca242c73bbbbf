-- Keeps updated_at current, whatever the application sends.
CREATE OR REPLACE FUNCTION delivery_touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END $$;
