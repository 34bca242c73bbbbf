-- A cylinder's life, one row per event; append-only. Changes of status and place are written by a trigger.
CREATE TABLE IF NOT EXISTS inventory_cylinder_events (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    cylinder_id uuid NOT NULL,
    kind        inventory_event_kind NOT NULL,
    from_status inventory_cylinder_status,
    to_status   inventory_cylinder_status,
    location_id uuid,
    actor_id    uuid,                            -- an account of the user service
    detail      jsonb NOT NULL DEFAULT '{}',
    occurred_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT inventory_cylinder_events_pk PRIMARY KEY (id),
    CONSTRAINT inventory_cylinder_events_detail_check CHECK (jsonb_typeof(detail) = 'object')
);
