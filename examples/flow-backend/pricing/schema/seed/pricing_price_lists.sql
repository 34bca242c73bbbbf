INSERT INTO pricing_price_lists (code)
VALUES ('platform')
ON CONFLICT (code) DO NOTHING;
