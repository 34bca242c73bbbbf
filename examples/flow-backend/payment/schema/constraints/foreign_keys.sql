-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'payment_paystack_transactions'::regclass
                   AND conname = 'payment_paystack_transactions_payment_fk') THEN
    ALTER TABLE payment_paystack_transactions ADD CONSTRAINT payment_paystack_transactions_payment_fk
      FOREIGN KEY (payment_id) REFERENCES payment_payments (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'payment_splits'::regclass AND conname = 'payment_splits_payment_fk') THEN
    ALTER TABLE payment_splits ADD CONSTRAINT payment_splits_payment_fk
      FOREIGN KEY (payment_id) REFERENCES payment_payments (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'payment_webhooks'::regclass AND conname = 'payment_webhooks_payment_fk') THEN
    ALTER TABLE payment_webhooks ADD CONSTRAINT payment_webhooks_payment_fk
      FOREIGN KEY (payment_id) REFERENCES payment_payments (id);
  END IF;
END $$;
