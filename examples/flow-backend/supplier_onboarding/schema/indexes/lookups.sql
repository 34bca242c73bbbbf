-- A business has one application at a time, and is approved once.
CREATE UNIQUE INDEX IF NOT EXISTS supplier_onboarding_applications_live_key
    ON supplier_onboarding_applications (registration_number) WHERE status NOT IN ('rejected', 'withdrawn');
CREATE INDEX IF NOT EXISTS supplier_onboarding_applications_applicant_id_idx
    ON supplier_onboarding_applications (applicant_id);
CREATE INDEX IF NOT EXISTS supplier_onboarding_applications_waiting_idx
    ON supplier_onboarding_applications (submitted_at) WHERE status IN ('submitted', 'in_review');
CREATE INDEX IF NOT EXISTS supplier_onboarding_documents_application_id_idx
    ON supplier_onboarding_documents (application_id, requirement_code);
CREATE INDEX IF NOT EXISTS supplier_onboarding_documents_requirement_code_idx
    ON supplier_onboarding_documents (requirement_code);
CREATE INDEX IF NOT EXISTS supplier_onboarding_documents_expiry_idx
    ON supplier_onboarding_documents (expires_on) WHERE status = 'accepted';
CREATE INDEX IF NOT EXISTS supplier_onboarding_notes_application_id_idx
    ON supplier_onboarding_notes (application_id, written_at);
