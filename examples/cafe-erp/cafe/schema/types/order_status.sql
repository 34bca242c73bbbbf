-- A guest's order, from the first line to the till.
DO $$
BEGIN
  CREATE TYPE order_status AS ENUM ('open', 'sent', 'served', 'paid', 'cancelled');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
