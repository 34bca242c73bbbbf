-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'pricing_prices'::regclass AND conname = 'pricing_prices_price_list_fk') THEN
    ALTER TABLE pricing_prices ADD CONSTRAINT pricing_prices_price_list_fk
      FOREIGN KEY (price_list_id) REFERENCES pricing_price_lists (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'pricing_rules'::regclass AND conname = 'pricing_rules_price_list_fk') THEN
    ALTER TABLE pricing_rules ADD CONSTRAINT pricing_rules_price_list_fk
      FOREIGN KEY (price_list_id) REFERENCES pricing_price_lists (id) ON DELETE CASCADE;
  END IF;
END $$;
