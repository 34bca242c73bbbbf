CREATE TABLE IF NOT EXISTS pricing_price_lists (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    code       text NOT NULL,
    vendor_id  uuid,                         -- null: the platform's own
    currency   text NOT NULL DEFAULT 'NGN',
    is_active  boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pricing_price_lists_pk PRIMARY KEY (id),
    CONSTRAINT pricing_price_lists_code_key UNIQUE (code),
    CONSTRAINT pricing_price_lists_code_check CHECK (code ~ '^[a-z][a-z0-9-]{1,63}$'),
    CONSTRAINT pricing_price_lists_currency_check CHECK (currency ~ '^[A-Z]{3}$')
);
