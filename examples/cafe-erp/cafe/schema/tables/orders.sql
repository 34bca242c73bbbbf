CREATE TABLE IF NOT EXISTS orders (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    number     uuid NOT NULL DEFAULT gen_random_uuid(),   -- what guests and other services see
    table_id   bigint,                                    -- null: taken away
    status     order_status NOT NULL DEFAULT 'open',
    opened_at  timestamptz NOT NULL DEFAULT now(),
    closed_at  timestamptz,                               -- kept by a trigger
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT orders_pk PRIMARY KEY (id),
    CONSTRAINT orders_number_key UNIQUE (number)
);
