CREATE TABLE IF NOT EXISTS users (
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    email         text NOT NULL,
    password_hash text NOT NULL,
    display_name  text NOT NULL,
    role          user_role NOT NULL DEFAULT 'customer',
    is_active     boolean NOT NULL DEFAULT true,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_pk PRIMARY KEY (id),
    CONSTRAINT users_email_check CHECK (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND length(email) <= 320),
    CONSTRAINT users_password_hash_check CHECK (length(password_hash) >= 20),
    CONSTRAINT users_display_name_check CHECK (display_name <> '' AND length(display_name) <= 120)
);
