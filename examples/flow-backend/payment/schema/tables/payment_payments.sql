-- Amounts are in the currency's smallest unit (kobo), as Paystack counts: whole numbers, nothing to round.
CREATE TABLE IF NOT EXISTS payment_payments (
    id             uuid NOT NULL DEFAULT gen_random_uuid(),
    order_id       uuid NOT NULL,
    customer_id    uuid NOT NULL,
    reference      text NOT NULL,            -- ours, sent to the provider: the same twice is one payment
    amount_minor   bigint NOT NULL,
    currency       text NOT NULL DEFAULT 'NGN',
    method         text NOT NULL,
    status         payment_status NOT NULL DEFAULT 'pending',
    paid_at        timestamptz,
    failure_reason text,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payment_payments_pk PRIMARY KEY (id),
    CONSTRAINT payment_payments_reference_key UNIQUE (reference),
    CONSTRAINT payment_payments_reference_check CHECK (reference ~ '^[A-Za-z0-9.=-]{8,100}$'),
    CONSTRAINT payment_payments_amount_minor_check CHECK (amount_minor > 0),
    CONSTRAINT payment_payments_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT payment_payments_method_check CHECK (method IN ('card', 'bank_transfer', 'ussd', 'cash', 'invoice'))
);
