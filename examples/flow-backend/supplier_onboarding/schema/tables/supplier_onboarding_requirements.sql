-- Which documents an application needs.
CREATE TABLE IF NOT EXISTS supplier_onboarding_requirements (
    code         text NOT NULL,
    description  text NOT NULL,
    is_mandatory boolean NOT NULL DEFAULT true,
    CONSTRAINT supplier_onboarding_requirements_pk PRIMARY KEY (code),
    CONSTRAINT supplier_onboarding_requirements_code_check CHECK (code ~ '^[a-z][a-z_]{1,39}$')
);
