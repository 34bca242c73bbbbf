-- Customer, vendor and cylinders belong to other services: no foreign key reaches there.
CREATE TABLE IF NOT EXISTS order_orders (
    id               uuid NOT NULL DEFAULT gen_random_uuid(),
    number           bigint GENERATED ALWAYS AS IDENTITY,   -- what people read out on the telephone
    customer_id      uuid NOT NULL,
    vendor_id        uuid,
    status           order_status NOT NULL DEFAULT 'placed',
    priority         order_priority NOT NULL DEFAULT 'routine',
    currency         text NOT NULL DEFAULT 'NGN',
    subtotal         numeric(14, 2) NOT NULL,
    delivery_fee     numeric(14, 2) NOT NULL DEFAULT 0,
    total            numeric(15, 2) GENERATED ALWAYS AS (subtotal + delivery_fee) STORED,
    delivery_address jsonb NOT NULL,
    notes            text,
    needed_by        timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT order_orders_pk PRIMARY KEY (id),
    CONSTRAINT order_orders_number_key UNIQUE (number),
    CONSTRAINT order_orders_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT order_orders_subtotal_check CHECK (subtotal >= 0),
    CONSTRAINT order_orders_delivery_fee_check CHECK (delivery_fee >= 0),
    CONSTRAINT order_orders_delivery_address_check CHECK (jsonb_typeof(delivery_address) = 'object'),
    CONSTRAINT order_orders_notes_check CHECK (length(notes) <= 2000)
);
