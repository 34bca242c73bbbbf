-- Everything that Paystack calls us with, before it is understood; the same event twice is one row.
CREATE TABLE IF NOT EXISTS payment_webhooks (
    id               bigint GENERATED ALWAYS AS IDENTITY,
    provider         text NOT NULL DEFAULT 'paystack',
    event            text NOT NULL,
    body_hash        bytea NOT NULL,         -- SHA-256 of the body as it came
    body             jsonb NOT NULL,
    is_authentic     boolean NOT NULL,       -- the signature fits
    payment_id       uuid,
    received_at      timestamptz NOT NULL DEFAULT now(),
    processed_at     timestamptz,
    processing_error text,
    CONSTRAINT payment_webhooks_pk PRIMARY KEY (id),
    CONSTRAINT payment_webhooks_body_hash_key UNIQUE (provider, body_hash),
    CONSTRAINT payment_webhooks_event_check CHECK (event <> ''),
    CONSTRAINT payment_webhooks_body_hash_check CHECK (octet_length(body_hash) = 32)
);
