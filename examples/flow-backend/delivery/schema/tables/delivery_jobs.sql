CREATE TABLE IF NOT EXISTS delivery_jobs (
    id             uuid NOT NULL DEFAULT gen_random_uuid(),
    order_id       uuid NOT NULL,
    courier_id     uuid,
    status         delivery_job_status NOT NULL DEFAULT 'offered',
    pick_up_at     geography(Point, 4326) NOT NULL,
    drop_off_at    geography(Point, 4326) NOT NULL,
    route          geometry(LineString, 4326),
    promised_until timestamptz,
    picked_up_at   timestamptz,
    finished_at    timestamptz,
    failure_reason text,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT delivery_jobs_pk PRIMARY KEY (id)
);
