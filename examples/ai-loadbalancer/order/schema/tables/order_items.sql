CREATE TABLE IF NOT EXISTS order_items (
    id           bigint GENERATED ALWAYS AS IDENTITY,
    order_id     uuid NOT NULL,
    line_no      smallint NOT NULL,
    product_id   bigint NOT NULL,            -- the inventory service's
    product_name text NOT NULL,
    quantity     integer NOT NULL,
    unit_price   numeric(12, 2) NOT NULL,
    CONSTRAINT order_items_pk PRIMARY KEY (id),
    CONSTRAINT order_items_order_line_key UNIQUE (order_id, line_no),
    CONSTRAINT order_items_line_no_check CHECK (line_no > 0),
    CONSTRAINT order_items_quantity_check CHECK (quantity > 0),
    CONSTRAINT order_items_unit_price_check CHECK (unit_price >= 0)
);
