-- An account, from registration on.
DO $$
BEGIN
  CREATE TYPE user_account_status AS ENUM ('pending', 'active', 'suspended', 'closed');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
