-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'payment_payments'::regclass AND tgname = 'payment_payments_touch') THEN
    CREATE TRIGGER payment_payments_touch BEFORE UPDATE ON payment_payments
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION payment_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'payment_paystack_transactions'::regclass
                   AND tgname = 'payment_paystack_transactions_touch') THEN
    CREATE TRIGGER payment_paystack_transactions_touch BEFORE UPDATE ON payment_paystack_transactions
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION payment_touch_updated_at();
  END IF;
END $$;
