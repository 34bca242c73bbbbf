CREATE TABLE IF NOT EXISTS products (
    id            bigint GENERATED ALWAYS AS IDENTITY,
    sku           text NOT NULL,
    name          text NOT NULL,
    unit          text NOT NULL,                       -- in which quantities are counted
    reorder_level numeric(14, 3) NOT NULL DEFAULT 0,
    is_active     boolean NOT NULL DEFAULT true,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT products_pk PRIMARY KEY (id),
    CONSTRAINT products_sku_key UNIQUE (sku),
    CONSTRAINT products_sku_check CHECK (sku ~ '^[A-Z0-9-]{2,32}$'),
    CONSTRAINT products_name_check CHECK (name <> '' AND length(name) <= 200),
    CONSTRAINT products_unit_check CHECK (unit IN ('piece', 'kg', 'g', 'l', 'ml')),
    CONSTRAINT products_reorder_level_check CHECK (reorder_level >= 0)
);
