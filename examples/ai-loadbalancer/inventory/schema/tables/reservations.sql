CREATE TABLE IF NOT EXISTS reservations (
    id         uuid NOT NULL DEFAULT gen_random_uuid(),
    product_id bigint NOT NULL,
    order_id   uuid NOT NULL,                -- the order service's: no foreign key reaches there
    quantity   integer NOT NULL,
    status     text NOT NULL DEFAULT 'held',
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reservations_pk PRIMARY KEY (id),
    CONSTRAINT reservations_order_product_key UNIQUE (order_id, product_id),
    CONSTRAINT reservations_quantity_check CHECK (quantity > 0),
    CONSTRAINT reservations_status_check CHECK (status IN ('held', 'taken', 'released'))
);
