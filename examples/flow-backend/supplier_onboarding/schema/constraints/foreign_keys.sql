-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'supplier_onboarding_documents'::regclass
                   AND conname = 'supplier_onboarding_documents_application_fk') THEN
    ALTER TABLE supplier_onboarding_documents ADD CONSTRAINT supplier_onboarding_documents_application_fk
      FOREIGN KEY (application_id) REFERENCES supplier_onboarding_applications (id) ON DELETE CASCADE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'supplier_onboarding_documents'::regclass
                   AND conname = 'supplier_onboarding_documents_requirement_fk') THEN
    ALTER TABLE supplier_onboarding_documents ADD CONSTRAINT supplier_onboarding_documents_requirement_fk
      FOREIGN KEY (requirement_code) REFERENCES supplier_onboarding_requirements (code);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'supplier_onboarding_notes'::regclass
                   AND conname = 'supplier_onboarding_notes_application_fk') THEN
    ALTER TABLE supplier_onboarding_notes ADD CONSTRAINT supplier_onboarding_notes_application_fk
      FOREIGN KEY (application_id) REFERENCES supplier_onboarding_applications (id) ON DELETE CASCADE;
  END IF;
END $$;
