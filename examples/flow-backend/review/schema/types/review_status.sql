-- Whether others see it.
DO $$
BEGIN
  CREATE TYPE review_status AS ENUM ('published', 'hidden', 'removed');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
