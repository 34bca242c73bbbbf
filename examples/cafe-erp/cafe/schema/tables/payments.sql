CREATE TABLE IF NOT EXISTS payments (
    id        bigint GENERATED ALWAYS AS IDENTITY,
    order_id  bigint NOT NULL,
    method    payment_method NOT NULL,
    amount    numeric(10, 2) NOT NULL,
    reference text,                         -- the terminal's, or the voucher's number
    paid_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payments_pk PRIMARY KEY (id),
    CONSTRAINT payments_amount_check CHECK (amount > 0),
    CONSTRAINT payments_reference_check CHECK (method = 'cash' OR reference IS NOT NULL)
);
