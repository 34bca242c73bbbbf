CREATE TABLE IF NOT EXISTS notification_messages (
    id                  uuid NOT NULL DEFAULT gen_random_uuid(),
    template_id         bigint NOT NULL,
    recipient_id        uuid NOT NULL,
    channel             notification_channel NOT NULL,
    payload             jsonb NOT NULL DEFAULT '{}',
    status              notification_status NOT NULL DEFAULT 'pending',
    attempts            smallint NOT NULL DEFAULT 0,
    next_attempt_at     timestamptz NOT NULL DEFAULT now(),
    provider_message_id text,
    last_error          text,
    sent_at             timestamptz,
    read_at             timestamptz,
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT notification_messages_pk PRIMARY KEY (id),
    CONSTRAINT notification_messages_payload_check CHECK (jsonb_typeof(payload) = 'object'),
    CONSTRAINT notification_messages_attempts_check CHECK (attempts >= 0)
);
