CREATE TABLE IF NOT EXISTS orders (
    id               uuid NOT NULL DEFAULT gen_random_uuid(),
    user_id          uuid NOT NULL,
    status           order_status NOT NULL DEFAULT 'pending',
    currency         text NOT NULL,
    total            numeric(12, 2) NOT NULL,
    shipping_address jsonb NOT NULL,         -- as it was when the order was placed
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT orders_pk PRIMARY KEY (id),
    CONSTRAINT orders_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT orders_total_check CHECK (total >= 0),
    CONSTRAINT orders_shipping_address_check CHECK (jsonb_typeof(shipping_address) = 'object')
);
