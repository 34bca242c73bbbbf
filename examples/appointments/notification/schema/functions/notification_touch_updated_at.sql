-- Keeps "UpdatedAt" current, whatever the application sends.
CREATE OR REPLACE FUNCTION notification_touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."UpdatedAt" := now();
  RETURN NEW;
END $$;
