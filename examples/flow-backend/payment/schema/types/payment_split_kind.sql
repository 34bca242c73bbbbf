-- Who gets a part.
DO $$
BEGIN
  CREATE TYPE payment_split_kind AS ENUM ('vendor', 'platform', 'courier');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
