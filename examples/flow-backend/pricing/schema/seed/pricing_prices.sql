-- innkeeper: requires pricing_price_lists.sql
-- A first price for every size, for as long as nobody has set another: any conflict will do.
INSERT INTO pricing_prices (price_list_id, size, refill, deposit, valid_during)
SELECT list.id, price.size::pricing_cylinder_size, price.refill, price.deposit,
       tstzrange('2025-01-01 00:00:00+00', NULL)
FROM (VALUES ('small', 4500.00, 25000.00), ('medium', 9000.00, 45000.00),
             ('large', 16000.00, 80000.00), ('extra_large', 30000.00, 140000.00)) AS price (size, refill, deposit)
JOIN pricing_price_lists AS list ON list.code = 'platform'
ON CONFLICT DO NOTHING;
