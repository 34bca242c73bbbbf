-- Who an account belongs to.
DO $$
BEGIN
  CREATE TYPE user_account_kind AS ENUM ('customer', 'vendor', 'hospital', 'staff');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
