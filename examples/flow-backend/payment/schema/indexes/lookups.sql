CREATE INDEX IF NOT EXISTS payment_payments_order_id_idx ON payment_payments (order_id);
CREATE INDEX IF NOT EXISTS payment_payments_customer_id_idx ON payment_payments (customer_id, created_at DESC);
CREATE INDEX IF NOT EXISTS payment_payments_unresolved_idx ON payment_payments (created_at)
    WHERE status IN ('pending', 'processing');
-- An order is paid once.
CREATE UNIQUE INDEX IF NOT EXISTS payment_payments_one_success_per_order_key ON payment_payments (order_id)
    WHERE status = 'succeeded';
CREATE INDEX IF NOT EXISTS payment_paystack_transactions_payment_id_idx ON payment_paystack_transactions (payment_id);
CREATE INDEX IF NOT EXISTS payment_splits_payment_id_idx ON payment_splits (payment_id);
CREATE INDEX IF NOT EXISTS payment_splits_recipient_id_idx ON payment_splits (recipient_id, created_at DESC);
CREATE INDEX IF NOT EXISTS payment_webhooks_payment_id_idx ON payment_webhooks (payment_id)
    WHERE payment_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS payment_webhooks_waiting_idx ON payment_webhooks (received_at)
    WHERE processed_at IS NULL AND is_authentic;
