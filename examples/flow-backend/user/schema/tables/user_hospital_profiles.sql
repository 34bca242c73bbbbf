CREATE TABLE IF NOT EXISTS user_hospital_profiles (
    account_id      uuid NOT NULL,
    hospital_name   text NOT NULL,
    license_number  text NOT NULL,
    beds            integer,
    emergency_phone text,
    verification    user_verification_status NOT NULL DEFAULT 'unverified',
    verified_at     timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT user_hospital_profiles_pk PRIMARY KEY (account_id),
    CONSTRAINT user_hospital_profiles_license_number_key UNIQUE (license_number),
    CONSTRAINT user_hospital_profiles_hospital_name_check
        CHECK (hospital_name <> '' AND length(hospital_name) <= 200),
    CONSTRAINT user_hospital_profiles_beds_check CHECK (beds > 0)
);
