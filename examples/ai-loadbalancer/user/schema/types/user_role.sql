-- What somebody may do in the shop.
DO $$
BEGIN
  CREATE TYPE user_role AS ENUM ('customer', 'support', 'admin');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
