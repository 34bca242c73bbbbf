-- What a courier is doing.
DO $$
BEGIN
  CREATE TYPE delivery_courier_status AS ENUM ('off_duty', 'available', 'busy');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
