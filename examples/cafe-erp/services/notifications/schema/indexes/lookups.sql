CREATE INDEX IF NOT EXISTS outbox_due_idx ON outbox (next_attempt_at) WHERE status = 'pending';
CREATE INDEX IF NOT EXISTS outbox_template_id_idx ON outbox (template_id);
CREATE INDEX IF NOT EXISTS outbox_recipient_idx ON outbox (recipient, created_at DESC);
CREATE INDEX IF NOT EXISTS deliveries_provider_message_id_idx ON deliveries (provider, provider_message_id)
    WHERE provider_message_id IS NOT NULL;
