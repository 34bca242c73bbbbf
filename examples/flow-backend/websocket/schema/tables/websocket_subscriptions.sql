CREATE TABLE IF NOT EXISTS websocket_subscriptions (
    connection_id uuid NOT NULL,
    topic         text NOT NULL,
    subscribed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT websocket_subscriptions_pk PRIMARY KEY (connection_id, topic),
    CONSTRAINT websocket_subscriptions_topic_check CHECK (topic ~ '^[a-z_]+(:[A-Za-z0-9-]+)?$')
);
