CREATE TABLE IF NOT EXISTS inventory_maintenance_records (
    id           bigint GENERATED ALWAYS AS IDENTITY,
    cylinder_id  uuid NOT NULL,
    kind         text NOT NULL,
    description  text NOT NULL,
    performed_by text NOT NULL,
    cost         numeric(12, 2) NOT NULL DEFAULT 0,
    currency     text NOT NULL DEFAULT 'NGN',
    started_at   timestamptz NOT NULL,
    finished_at  timestamptz,
    CONSTRAINT inventory_maintenance_records_pk PRIMARY KEY (id),
    CONSTRAINT inventory_maintenance_records_kind_check
        CHECK (kind IN ('hydrostatic_test', 'valve', 'paint', 'repair', 'cleaning')),
    CONSTRAINT inventory_maintenance_records_cost_check CHECK (cost >= 0),
    CONSTRAINT inventory_maintenance_records_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT inventory_maintenance_records_finished_at_check CHECK (finished_at >= started_at)
);
