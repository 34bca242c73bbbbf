-- The chart of accounts.
CREATE TABLE accounts (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    code       text NOT NULL,
    name       text NOT NULL,
    kind       text NOT NULL,
    currency   text NOT NULL DEFAULT 'EUR',
    parent_id  bigint,
    is_active  boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT accounts_pk PRIMARY KEY (id),
    CONSTRAINT accounts_code_key UNIQUE (code),
    CONSTRAINT accounts_parent_fk FOREIGN KEY (parent_id) REFERENCES accounts (id),
    CONSTRAINT accounts_code_check CHECK (code ~ '^[0-9]{4,8}$'),
    CONSTRAINT accounts_name_check CHECK (name <> '' AND length(name) <= 200),
    CONSTRAINT accounts_kind_check CHECK (kind IN ('asset', 'liability', 'equity', 'income', 'expense')),
    CONSTRAINT accounts_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT accounts_parent_check CHECK (parent_id <> id)
);
CREATE INDEX accounts_parent_id_idx ON accounts (parent_id) WHERE parent_id IS NOT NULL;

CREATE FUNCTION treasury_touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER accounts_touch BEFORE UPDATE ON accounts
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION treasury_touch_updated_at();
