CREATE INDEX IF NOT EXISTS pricing_price_lists_vendor_id_idx ON pricing_price_lists (vendor_id)
    WHERE vendor_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS pricing_prices_price_list_id_idx ON pricing_prices (price_list_id, size);
