CREATE TABLE IF NOT EXISTS order_items (
    id            bigint GENERATED ALWAYS AS IDENTITY,
    order_id      uuid NOT NULL,
    line_no       smallint NOT NULL,
    cylinder_size text NOT NULL,
    quantity      integer NOT NULL,
    unit_price    numeric(14, 2) NOT NULL,
    is_exchange   boolean NOT NULL DEFAULT false,   -- an empty one is handed back
    CONSTRAINT order_items_pk PRIMARY KEY (id),
    CONSTRAINT order_items_order_line_key UNIQUE (order_id, line_no),
    CONSTRAINT order_items_line_no_check CHECK (line_no > 0),
    CONSTRAINT order_items_cylinder_size_check CHECK (cylinder_size IN ('small', 'medium', 'large', 'extra_large')),
    CONSTRAINT order_items_quantity_check CHECK (quantity BETWEEN 1 AND 10000),
    CONSTRAINT order_items_unit_price_check CHECK (unit_price >= 0)
);
