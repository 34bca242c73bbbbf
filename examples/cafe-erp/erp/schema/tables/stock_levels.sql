-- What is in stock now: the sum of the movements, kept by a trigger on them.
CREATE TABLE IF NOT EXISTS stock_levels (
    product_id bigint NOT NULL,
    quantity   numeric(16, 3) NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT stock_levels_pk PRIMARY KEY (product_id),
    CONSTRAINT stock_levels_quantity_check CHECK (quantity >= 0)
);
