CREATE TABLE IF NOT EXISTS suppliers (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    code       text NOT NULL,
    name       text NOT NULL,
    email      text,
    address    jsonb NOT NULL DEFAULT '{}',
    is_active  boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT suppliers_pk PRIMARY KEY (id),
    CONSTRAINT suppliers_code_key UNIQUE (code),
    CONSTRAINT suppliers_code_check CHECK (code ~ '^[A-Z0-9-]{2,20}$'),
    CONSTRAINT suppliers_name_check CHECK (name <> '' AND length(name) <= 200),
    CONSTRAINT suppliers_email_check CHECK (email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
    CONSTRAINT suppliers_address_check CHECK (jsonb_typeof(address) = 'object')
);
