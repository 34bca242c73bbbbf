-- What is true of every row, beyond one column.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'payment_payments'::regclass AND conname = 'payment_payments_paid_check') THEN
    ALTER TABLE payment_payments ADD CONSTRAINT payment_payments_paid_check
      CHECK ((status IN ('succeeded', 'refunded')) = (paid_at IS NOT NULL));
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'payment_splits'::regclass AND conname = 'payment_splits_recipient_check') THEN
    ALTER TABLE payment_splits ADD CONSTRAINT payment_splits_recipient_check
      CHECK ((kind = 'platform') = (recipient_id IS NULL));
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'payment_webhooks'::regclass AND conname = 'payment_webhooks_authentic_check') THEN
    ALTER TABLE payment_webhooks ADD CONSTRAINT payment_webhooks_authentic_check
      CHECK (is_authentic OR payment_id IS NULL);
  END IF;
END $$;
