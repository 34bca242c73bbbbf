-- What is true beyond one column, and beyond one row.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'pricing_prices'::regclass AND conname = 'pricing_prices_no_overlap') THEN
    ALTER TABLE pricing_prices ADD CONSTRAINT pricing_prices_no_overlap
      EXCLUDE USING gist (price_list_id WITH =, size WITH =, valid_during WITH &&);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'pricing_rules'::regclass AND conname = 'pricing_rules_amount_check') THEN
    ALTER TABLE pricing_rules ADD CONSTRAINT pricing_rules_amount_check
      CHECK (amount <> 0 AND (kind <> 'percent' OR amount BETWEEN -100 AND 1000));
  END IF;
END $$;
