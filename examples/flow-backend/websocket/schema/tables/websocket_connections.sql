CREATE TABLE IF NOT EXISTS websocket_connections (
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    account_id    uuid NOT NULL,
    node          text NOT NULL,             -- the replica that holds the socket
    state         websocket_connection_state NOT NULL DEFAULT 'open',
    connected_at  timestamptz NOT NULL DEFAULT now(),
    last_ping_at  timestamptz NOT NULL DEFAULT now(),
    closed_at     timestamptz,
    CONSTRAINT websocket_connections_pk PRIMARY KEY (id)
)
-- Every ping updates a row, and touches no index: room on the page keeps that cheap.
WITH (fillfactor = 70);
