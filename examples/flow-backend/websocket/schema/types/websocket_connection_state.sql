-- A connection, as its node sees it.
DO $$
BEGIN
  CREATE TYPE websocket_connection_state AS ENUM ('open', 'closed', 'lost');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
