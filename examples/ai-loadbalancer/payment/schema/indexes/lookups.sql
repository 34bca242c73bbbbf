CREATE INDEX IF NOT EXISTS payments_order_id_idx ON payments (order_id);
CREATE INDEX IF NOT EXISTS payments_user_id_idx ON payments (user_id, created_at DESC);
CREATE UNIQUE INDEX IF NOT EXISTS payments_provider_reference_key ON payments (provider, provider_reference)
    WHERE provider_reference IS NOT NULL;
-- An order is paid once, however often somebody tries.
CREATE UNIQUE INDEX IF NOT EXISTS payments_one_success_per_order_key ON payments (order_id)
    WHERE status IN ('authorized', 'captured');
CREATE INDEX IF NOT EXISTS refunds_payment_id_idx ON refunds (payment_id);
