-- What is true of every row, beyond one column.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'supplier_onboarding_applications'::regclass
                   AND conname = 'supplier_onboarding_applications_submitted_check') THEN
    ALTER TABLE supplier_onboarding_applications ADD CONSTRAINT supplier_onboarding_applications_submitted_check
      CHECK (status IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'supplier_onboarding_applications'::regclass
                   AND conname = 'supplier_onboarding_applications_decided_check') THEN
    ALTER TABLE supplier_onboarding_applications ADD CONSTRAINT supplier_onboarding_applications_decided_check
      CHECK ((status IN ('approved', 'rejected')) = (decided_at IS NOT NULL AND decided_by IS NOT NULL));
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'supplier_onboarding_applications'::regclass
                   AND conname = 'supplier_onboarding_applications_rejection_check') THEN
    ALTER TABLE supplier_onboarding_applications ADD CONSTRAINT supplier_onboarding_applications_rejection_check
      CHECK ((status = 'rejected') = (rejection_reason IS NOT NULL));
  END IF;
END $$;
