CREATE TABLE IF NOT EXISTS payment_splits (
    id              bigint GENERATED ALWAYS AS IDENTITY,
    payment_id      uuid NOT NULL,
    kind            payment_split_kind NOT NULL,
    recipient_id    uuid,                    -- an account of the user service; null: the platform
    subaccount_code text,                    -- Paystack's
    amount_minor    bigint NOT NULL,
    settled_at      timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payment_splits_pk PRIMARY KEY (id),
    CONSTRAINT payment_splits_amount_minor_check CHECK (amount_minor > 0)
);
