-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'pricing_price_lists'::regclass AND tgname = 'pricing_price_lists_touch') THEN
    CREATE TRIGGER pricing_price_lists_touch BEFORE UPDATE ON pricing_price_lists
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION pricing_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'pricing_rules'::regclass AND tgname = 'pricing_rules_touch') THEN
    CREATE TRIGGER pricing_rules_touch BEFORE UPDATE ON pricing_rules
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION pricing_touch_updated_at();
  END IF;
END $$;
