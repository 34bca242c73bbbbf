CREATE TABLE IF NOT EXISTS inventory_cylinders (
    id               uuid NOT NULL DEFAULT gen_random_uuid(),
    serial_number    text NOT NULL,
    size             inventory_cylinder_size NOT NULL,
    status           inventory_cylinder_status NOT NULL DEFAULT 'empty',
    location_id      uuid,                       -- null: with a customer, or on its way
    manufactured_on  date NOT NULL,
    last_tested_on   date,
    next_test_due_on date NOT NULL,
    pressure_bar     numeric(6, 2),
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT inventory_cylinders_pk PRIMARY KEY (id),
    CONSTRAINT inventory_cylinders_serial_number_key UNIQUE (serial_number),
    CONSTRAINT inventory_cylinders_serial_number_check CHECK (serial_number ~ '^[A-Z0-9-]{4,40}$'),
    CONSTRAINT inventory_cylinders_pressure_bar_check CHECK (pressure_bar BETWEEN 0 AND 400)
);
