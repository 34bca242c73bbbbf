-- A courier's track during a job: many rows, written once, thrown away by time.
CREATE TABLE IF NOT EXISTS delivery_positions (
    id           bigint GENERATED ALWAYS AS IDENTITY,
    job_id       uuid NOT NULL,
    position     geography(Point, 4326) NOT NULL,
    accuracy     real,                       -- metres
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT delivery_positions_pk PRIMARY KEY (id),
    CONSTRAINT delivery_positions_accuracy_check CHECK (accuracy >= 0)
);
