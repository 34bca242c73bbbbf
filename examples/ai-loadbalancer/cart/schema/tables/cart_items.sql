CREATE TABLE IF NOT EXISTS cart_items (
    cart_id    uuid NOT NULL,
    product_id bigint NOT NULL,              -- the inventory service's
    quantity   integer NOT NULL,
    added_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT cart_items_pk PRIMARY KEY (cart_id, product_id),
    CONSTRAINT cart_items_quantity_check CHECK (quantity BETWEEN 1 AND 999)
);
