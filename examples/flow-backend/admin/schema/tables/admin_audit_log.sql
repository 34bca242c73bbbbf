-- Who did what; append-only.
CREATE TABLE IF NOT EXISTS admin_audit_log (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    occurred_at timestamptz NOT NULL DEFAULT now(),
    actor_id    uuid NOT NULL,
    action      text NOT NULL,
    subject     text NOT NULL,
    before      jsonb,
    after       jsonb,
    ip_address  inet,
    CONSTRAINT admin_audit_log_pk PRIMARY KEY (id),
    CONSTRAINT admin_audit_log_action_check CHECK (action ~ '^[a-z]+[.][a-z_]+$')
);
