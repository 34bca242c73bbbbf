-- How a guest paid.
DO $$
BEGIN
  CREATE TYPE payment_method AS ENUM ('cash', 'card', 'voucher');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
