CREATE TABLE IF NOT EXISTS payments (
    id                 uuid NOT NULL DEFAULT gen_random_uuid(),
    order_id           uuid NOT NULL,
    user_id            uuid NOT NULL,
    idempotency_key    text NOT NULL,        -- the same request twice is one payment
    amount             numeric(12, 2) NOT NULL,
    currency           text NOT NULL,
    status             payment_status NOT NULL DEFAULT 'pending',
    provider           text NOT NULL,
    provider_reference text,
    failure_reason     text,
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payments_pk PRIMARY KEY (id),
    CONSTRAINT payments_idempotency_key_key UNIQUE (idempotency_key),
    CONSTRAINT payments_amount_check CHECK (amount > 0),
    CONSTRAINT payments_currency_check CHECK (currency ~ '^[A-Z]{3}$')
);
