-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'websocket_subscriptions'::regclass
                   AND conname = 'websocket_subscriptions_connection_fk') THEN
    ALTER TABLE websocket_subscriptions ADD CONSTRAINT websocket_subscriptions_connection_fk
      FOREIGN KEY (connection_id) REFERENCES websocket_connections (id) ON DELETE CASCADE;
  END IF;
END $$;
