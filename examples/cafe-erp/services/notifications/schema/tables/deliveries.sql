-- One row per attempt.
CREATE TABLE IF NOT EXISTS deliveries (
    id                  bigint GENERATED ALWAYS AS IDENTITY,
    outbox_id           bigint NOT NULL,
    attempt             smallint NOT NULL,
    provider            text NOT NULL,
    provider_message_id text,
    is_accepted         boolean NOT NULL,
    error               text,
    attempted_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT deliveries_pk PRIMARY KEY (id),
    CONSTRAINT deliveries_attempt_key UNIQUE (outbox_id, attempt),
    CONSTRAINT deliveries_attempt_check CHECK (attempt > 0)
);
