CREATE TABLE IF NOT EXISTS order_deliveries (
    id             uuid NOT NULL DEFAULT gen_random_uuid(),
    order_id       uuid NOT NULL,
    attempt        smallint NOT NULL DEFAULT 1,
    courier_id     uuid,
    status         order_delivery_status NOT NULL DEFAULT 'scheduled',
    scheduled_for  timestamptz NOT NULL,
    delivered_at   timestamptz,
    received_by    text,
    failure_reason text,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT order_deliveries_pk PRIMARY KEY (id),
    CONSTRAINT order_deliveries_attempt_key UNIQUE (order_id, attempt),
    CONSTRAINT order_deliveries_attempt_check CHECK (attempt > 0)
);
