-- How soon it is needed.
DO $$
BEGIN
  CREATE TYPE order_priority AS ENUM ('routine', 'urgent', 'emergency');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
