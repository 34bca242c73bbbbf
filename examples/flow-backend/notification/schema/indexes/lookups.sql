CREATE INDEX IF NOT EXISTS notification_messages_due_idx ON notification_messages (next_attempt_at)
    WHERE status = 'pending';
CREATE INDEX IF NOT EXISTS notification_messages_recipient_id_idx
    ON notification_messages (recipient_id, created_at DESC);
CREATE INDEX IF NOT EXISTS notification_messages_unread_idx ON notification_messages (recipient_id)
    WHERE channel = 'in_app' AND read_at IS NULL;
CREATE INDEX IF NOT EXISTS notification_messages_template_id_idx ON notification_messages (template_id);
