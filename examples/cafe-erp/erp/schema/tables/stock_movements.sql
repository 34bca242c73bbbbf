-- Append-only: a mistake is mended by another movement.
CREATE TABLE IF NOT EXISTS stock_movements (
    id                     bigint GENERATED ALWAYS AS IDENTITY,
    product_id             bigint NOT NULL,
    kind                   stock_movement_kind NOT NULL,
    quantity               numeric(14, 3) NOT NULL,   -- negative: it left
    purchase_order_line_id bigint,
    occurred_at            timestamptz NOT NULL DEFAULT now(),
    note                   text,
    created_at             timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT stock_movements_pk PRIMARY KEY (id),
    CONSTRAINT stock_movements_note_check CHECK (length(note) <= 500)
);
