CREATE TABLE IF NOT EXISTS supplier_onboarding_applications (
    id                  uuid NOT NULL DEFAULT gen_random_uuid(),
    applicant_id        uuid NOT NULL,       -- the user service's
    business_name       text NOT NULL,
    registration_number text NOT NULL,
    contact             jsonb NOT NULL DEFAULT '{}',
    status              supplier_onboarding_status NOT NULL DEFAULT 'draft',
    submitted_at        timestamptz,
    decided_at          timestamptz,
    decided_by          uuid,
    rejection_reason    text,
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT supplier_onboarding_applications_pk PRIMARY KEY (id),
    CONSTRAINT supplier_onboarding_applications_business_name_check
        CHECK (business_name <> '' AND length(business_name) <= 200),
    CONSTRAINT supplier_onboarding_applications_contact_check CHECK (jsonb_typeof(contact) = 'object')
);
