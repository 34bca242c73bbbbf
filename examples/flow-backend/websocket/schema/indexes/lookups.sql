CREATE INDEX IF NOT EXISTS websocket_connections_account_id_idx ON websocket_connections (account_id)
    WHERE state = 'open';
CREATE INDEX IF NOT EXISTS websocket_connections_node_idx ON websocket_connections (node) WHERE state = 'open';
CREATE INDEX IF NOT EXISTS websocket_subscriptions_topic_idx ON websocket_subscriptions (topic);
CREATE INDEX IF NOT EXISTS websocket_messages_waiting_idx ON websocket_messages (account_id, id)
    WHERE delivered_at IS NULL;
CREATE INDEX IF NOT EXISTS websocket_messages_expires_at_idx ON websocket_messages (expires_at);
