-- Written by a trigger on order_orders.
CREATE TABLE IF NOT EXISTS order_status_history (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    order_id    uuid NOT NULL,
    from_status order_status,                       -- null: placed
    to_status   order_status NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT order_status_history_pk PRIMARY KEY (id)
);
