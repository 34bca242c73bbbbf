-- A payment may have no parts yet; once it has, they make up the whole.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'payment_splits'::regclass AND tgname = 'payment_splits_sum') THEN
    CREATE CONSTRAINT TRIGGER payment_splits_sum AFTER INSERT OR UPDATE OR DELETE ON payment_splits
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payment_check_splits();
  END IF;
END $$;
