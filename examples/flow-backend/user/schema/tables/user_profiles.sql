CREATE TABLE IF NOT EXISTS user_profiles (
    account_id  uuid NOT NULL,
    first_name  text NOT NULL,
    last_name   text NOT NULL,
    born_on     date,
    locale      text NOT NULL DEFAULT 'en',
    time_zone   text NOT NULL DEFAULT 'Africa/Lagos',
    address     jsonb NOT NULL DEFAULT '{}',
    preferences jsonb NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT user_profiles_pk PRIMARY KEY (account_id),
    CONSTRAINT user_profiles_first_name_check CHECK (first_name <> '' AND length(first_name) <= 100),
    CONSTRAINT user_profiles_last_name_check CHECK (last_name <> '' AND length(last_name) <= 100),
    CONSTRAINT user_profiles_born_on_check CHECK (born_on >= '1900-01-01'),
    CONSTRAINT user_profiles_address_check CHECK (jsonb_typeof(address) = 'object'),
    CONSTRAINT user_profiles_preferences_check CHECK (jsonb_typeof(preferences) = 'object')
);
