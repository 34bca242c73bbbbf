CREATE TABLE IF NOT EXISTS user_vendor_profiles (
    account_id          uuid NOT NULL,
    business_name       text NOT NULL,
    registration_number text NOT NULL,
    tax_number          text,
    delivers            boolean NOT NULL DEFAULT true,
    verification        user_verification_status NOT NULL DEFAULT 'unverified',
    verified_at         timestamptz,
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT user_vendor_profiles_pk PRIMARY KEY (account_id),
    CONSTRAINT user_vendor_profiles_registration_number_key UNIQUE (registration_number),
    CONSTRAINT user_vendor_profiles_business_name_check CHECK (business_name <> '' AND length(business_name) <= 200)
);
