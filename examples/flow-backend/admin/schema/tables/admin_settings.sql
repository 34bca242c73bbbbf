CREATE TABLE IF NOT EXISTS admin_settings (
    key         text NOT NULL,
    value       jsonb NOT NULL,
    description text NOT NULL,
    updated_by  uuid,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT admin_settings_pk PRIMARY KEY (key),
    CONSTRAINT admin_settings_key_check CHECK (key ~ '^[a-z][a-z0-9_.]{1,99}$')
);
