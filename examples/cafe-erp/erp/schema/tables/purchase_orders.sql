CREATE TABLE IF NOT EXISTS purchase_orders (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    number      text NOT NULL,
    supplier_id bigint NOT NULL,
    status      purchase_order_status NOT NULL DEFAULT 'draft',
    currency    text NOT NULL DEFAULT 'EUR',
    ordered_on  date,
    expected_on date,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT purchase_orders_pk PRIMARY KEY (id),
    CONSTRAINT purchase_orders_number_key UNIQUE (number),
    CONSTRAINT purchase_orders_number_check CHECK (number ~ '^PO-[0-9]{4}-[0-9]{4,}$'),
    CONSTRAINT purchase_orders_currency_check CHECK (currency ~ '^[A-Z]{3}$')
);
