CREATE TABLE IF NOT EXISTS inventory_stock (
    location_id    uuid NOT NULL,
    size           inventory_cylinder_size NOT NULL,
    full_count     integer NOT NULL DEFAULT 0,
    reserved_count integer NOT NULL DEFAULT 0,   -- of the full ones
    empty_count    integer NOT NULL DEFAULT 0,
    reorder_level  integer NOT NULL DEFAULT 0,
    updated_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT inventory_stock_pk PRIMARY KEY (location_id, size),
    CONSTRAINT inventory_stock_full_count_check CHECK (full_count >= 0),
    CONSTRAINT inventory_stock_reserved_count_check CHECK (reserved_count BETWEEN 0 AND full_count),
    CONSTRAINT inventory_stock_empty_count_check CHECK (empty_count >= 0),
    CONSTRAINT inventory_stock_reorder_level_check CHECK (reorder_level >= 0)
);
