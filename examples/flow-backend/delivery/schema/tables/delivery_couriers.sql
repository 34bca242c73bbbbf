CREATE TABLE IF NOT EXISTS delivery_couriers (
    id               uuid NOT NULL DEFAULT gen_random_uuid(),
    account_id       uuid NOT NULL,          -- the user service's
    vehicle          text NOT NULL,
    plate            text,
    capacity         smallint NOT NULL,      -- cylinders
    status           delivery_courier_status NOT NULL DEFAULT 'off_duty',
    last_position    geography(Point, 4326),
    last_position_at timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT delivery_couriers_pk PRIMARY KEY (id),
    CONSTRAINT delivery_couriers_account_id_key UNIQUE (account_id),
    CONSTRAINT delivery_couriers_vehicle_check CHECK (vehicle IN ('motorcycle', 'tricycle', 'van', 'truck')),
    CONSTRAINT delivery_couriers_capacity_check CHECK (capacity BETWEEN 1 AND 500)
);
