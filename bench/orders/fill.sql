-- Confirmed orders with three items each, a thousand users' in turn.
INSERT INTO orders (order_id, user_id, user_email, user_currency, shipping_cost_units, shipping_cost_nanos,
                    shipping_address_street, shipping_address_city, shipping_address_state, shipping_address_country,
                    shipping_address_zip, total_amount_units, total_amount_nanos, status, transaction_id,
                    shipping_tracking_id, created_at)
SELECT gen_random_uuid(), 'user-' || n % 1000, 'someone@example.com', 'EUR', 7, 952233525, '1600 Amphitheatre Parkway',
       'Mountain View', 'CA', 'United States', 94043, 65, 838124725, 'confirmed', gen_random_uuid(), 'QX-25123-131234567',
       timestamptz '2026-01-01' + n * interval '1 second'
FROM generate_series(1, :orders) AS n;
INSERT INTO order_items (order_id, line_no, product_id, quantity, cost_units, cost_nanos)
SELECT order_id, line.* FROM orders, (VALUES (1, 'OLJCESPC7Z', 2, 17, 682441398), (2, '6E92ZMYYFZ', 1, 7, 952233525),
                                             (3, '9SIQT8TOJO', 3, 4, 856258293)) AS line;
