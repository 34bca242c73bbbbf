-- What can be reviewed.
DO $$
BEGIN
  CREATE TYPE review_subject_kind AS ENUM ('vendor', 'courier', 'product');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
