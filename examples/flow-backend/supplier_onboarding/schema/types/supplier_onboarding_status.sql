-- An application, from the draft to the verdict.
DO $$
BEGIN
  CREATE TYPE supplier_onboarding_status AS ENUM (
    'draft', 'submitted', 'in_review', 'approved', 'rejected', 'withdrawn');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
