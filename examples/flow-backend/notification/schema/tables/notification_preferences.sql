CREATE TABLE IF NOT EXISTS notification_preferences (
    account_id  uuid NOT NULL,
    channel     notification_channel NOT NULL,
    is_enabled  boolean NOT NULL DEFAULT true,
    quiet_from  time,
    quiet_until time,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT notification_preferences_pk PRIMARY KEY (account_id, channel)
);
