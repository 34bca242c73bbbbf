-- What is to be sent, written in the transaction that gave reason to it; at least once.
CREATE TABLE IF NOT EXISTS outbox (
    id              bigint GENERATED ALWAYS AS IDENTITY,
    dedupe_key      text NOT NULL,              -- the sender's: the same twice is one message
    template_id     bigint NOT NULL,
    recipient       text NOT NULL,
    payload         jsonb NOT NULL DEFAULT '{}',
    status          outbox_status NOT NULL DEFAULT 'pending',
    attempts        smallint NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT outbox_pk PRIMARY KEY (id),
    CONSTRAINT outbox_dedupe_key_key UNIQUE (dedupe_key),
    CONSTRAINT outbox_recipient_check CHECK (recipient <> '' AND length(recipient) <= 320),
    CONSTRAINT outbox_payload_check CHECK (jsonb_typeof(payload) = 'object'),
    CONSTRAINT outbox_attempts_check CHECK (attempts >= 0)
);
