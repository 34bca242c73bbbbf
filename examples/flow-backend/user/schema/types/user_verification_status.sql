-- How far a vendor's or a hospital's papers are checked.
DO $$
BEGIN
  CREATE TYPE user_verification_status AS ENUM ('unverified', 'submitted', 'verified', 'rejected');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
