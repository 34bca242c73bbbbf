CREATE TABLE IF NOT EXISTS purchase_order_lines (
    id                bigint GENERATED ALWAYS AS IDENTITY,
    purchase_order_id bigint NOT NULL,
    line_no           smallint NOT NULL,
    product_id        bigint NOT NULL,
    quantity          numeric(14, 3) NOT NULL,
    unit_price        numeric(14, 4) NOT NULL,
    CONSTRAINT purchase_order_lines_pk PRIMARY KEY (id),
    CONSTRAINT purchase_order_lines_order_line_key UNIQUE (purchase_order_id, line_no),
    CONSTRAINT purchase_order_lines_line_no_check CHECK (line_no > 0),
    CONSTRAINT purchase_order_lines_quantity_check CHECK (quantity > 0),
    CONSTRAINT purchase_order_lines_unit_price_check CHECK (unit_price >= 0)
);
