CREATE TABLE IF NOT EXISTS refunds (
    id         uuid NOT NULL DEFAULT gen_random_uuid(),
    payment_id uuid NOT NULL,
    amount     numeric(12, 2) NOT NULL,
    reason     text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT refunds_pk PRIMARY KEY (id),
    CONSTRAINT refunds_amount_check CHECK (amount > 0),
    CONSTRAINT refunds_reason_check CHECK (reason <> '')
);
