-- What is true of every row, beyond one column.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'websocket_connections'::regclass
                   AND conname = 'websocket_connections_closed_check') THEN
    ALTER TABLE websocket_connections ADD CONSTRAINT websocket_connections_closed_check
      CHECK ((state = 'open') = (closed_at IS NULL));
  END IF;
END $$;
