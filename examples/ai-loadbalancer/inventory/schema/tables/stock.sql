CREATE TABLE IF NOT EXISTS stock (
    product_id bigint NOT NULL,
    on_hand    integer NOT NULL DEFAULT 0,
    reserved   integer NOT NULL DEFAULT 0,   -- the sum of what is held in reservations
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT stock_pk PRIMARY KEY (product_id),
    CONSTRAINT stock_reserved_check CHECK (reserved BETWEEN 0 AND on_hand)
);
