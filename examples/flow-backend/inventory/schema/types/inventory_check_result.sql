-- What a quality check found.
DO $$
BEGIN
  CREATE TYPE inventory_check_result AS ENUM ('passed', 'failed', 'conditional');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
