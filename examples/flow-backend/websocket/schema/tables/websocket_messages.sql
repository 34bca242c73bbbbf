-- What waits for somebody who isn't connected.
CREATE TABLE IF NOT EXISTS websocket_messages (
    id           bigint GENERATED ALWAYS AS IDENTITY,
    account_id   uuid NOT NULL,
    topic        text NOT NULL,
    payload      jsonb NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL DEFAULT now() + interval '7 days',
    delivered_at timestamptz,
    CONSTRAINT websocket_messages_pk PRIMARY KEY (id),
    CONSTRAINT websocket_messages_expires_at_check CHECK (expires_at > created_at)
);
