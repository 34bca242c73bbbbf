-- What came of a document.
DO $$
BEGIN
  CREATE TYPE supplier_onboarding_document_status AS ENUM ('uploaded', 'accepted', 'rejected', 'expired');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
