-- How a rule changes a price.
DO $$
BEGIN
  CREATE TYPE pricing_adjustment_kind AS ENUM ('percent', 'fixed');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
