CREATE TABLE IF NOT EXISTS payment_paystack_transactions (
    id                 bigint GENERATED ALWAYS AS IDENTITY,
    payment_id         uuid NOT NULL,
    paystack_id        bigint,               -- theirs; null until they answer
    access_code        text,
    authorization_url  text,
    gateway_response   text,
    fees_minor         bigint,
    raw_response       jsonb NOT NULL DEFAULT '{}',
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payment_paystack_transactions_pk PRIMARY KEY (id),
    CONSTRAINT payment_paystack_transactions_paystack_id_key UNIQUE (paystack_id),
    CONSTRAINT payment_paystack_transactions_fees_minor_check CHECK (fees_minor >= 0),
    CONSTRAINT payment_paystack_transactions_raw_response_check CHECK (jsonb_typeof(raw_response) = 'object')
);
