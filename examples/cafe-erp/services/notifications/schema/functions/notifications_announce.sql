-- Wakes the senders, at commit; they look into the outbox, since a notification may be lost.
CREATE OR REPLACE FUNCTION notifications_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('notifications_outbox', '');
  RETURN NULL;
END $$;
