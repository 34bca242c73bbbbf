-- Tells the nodes whom a message is for; a node asks the table for the message itself.
CREATE OR REPLACE FUNCTION websocket_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('websocket_messages', NEW.account_id::text);
  RETURN NULL;
END $$;
