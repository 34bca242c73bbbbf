CREATE TABLE IF NOT EXISTS notifications (
    id         uuid NOT NULL DEFAULT gen_random_uuid(),
    user_id    uuid NOT NULL,
    channel    text NOT NULL,
    subject    text,
    body       text NOT NULL,
    status     notification_status NOT NULL DEFAULT 'pending',
    attempts   smallint NOT NULL DEFAULT 0,
    last_error text,
    send_after timestamptz NOT NULL DEFAULT now(),
    sent_at    timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT notifications_pk PRIMARY KEY (id),
    CONSTRAINT notifications_channel_check CHECK (channel IN ('email', 'sms', 'push')),
    CONSTRAINT notifications_body_check CHECK (body <> ''),
    CONSTRAINT notifications_attempts_check CHECK (attempts >= 0)
);
