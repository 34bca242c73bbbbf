CREATE TABLE IF NOT EXISTS order_lines (
    id           bigint GENERATED ALWAYS AS IDENTITY,
    order_id     bigint NOT NULL,
    line_no      smallint NOT NULL,
    menu_item_id bigint NOT NULL,
    item_name    text NOT NULL,             -- as it was called, and what it cost, when it was ordered
    unit_price   numeric(10, 2) NOT NULL,
    quantity     smallint NOT NULL,
    note         text,
    CONSTRAINT order_lines_pk PRIMARY KEY (id),
    CONSTRAINT order_lines_order_line_key UNIQUE (order_id, line_no),
    CONSTRAINT order_lines_line_no_check CHECK (line_no > 0),
    CONSTRAINT order_lines_unit_price_check CHECK (unit_price >= 0),
    CONSTRAINT order_lines_quantity_check CHECK (quantity BETWEEN 1 AND 500),
    CONSTRAINT order_lines_note_check CHECK (length(note) <= 500)
);
