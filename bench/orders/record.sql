-- T1 as one statement, its values made by the server: what the server can do at most.
WITH placed AS (
  INSERT INTO orders (order_id, user_id, user_email, user_currency, shipping_cost_units, shipping_cost_nanos,
                      shipping_address_street, shipping_address_city, shipping_address_state, shipping_address_country,
                      shipping_address_zip, total_amount_units, total_amount_nanos, request_hash, open_cart, lease_until)
  VALUES ((encode(substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::int8) FROM 3), 'hex')
           || substr(replace(gen_random_uuid()::text, '-', ''), 13))::uuid,
          'pgbench-' || gen_random_uuid(), 'someone@example.com', 'EUR', 7, 952233525, '1600 Amphitheatre Parkway',
          'Mountain View', 'CA', 'United States', 94043, 65, 838124725,
          '\x0000000000000000000000000000000000000000000000000000000000000000',
          '\x0000000000000000000000000000000000000000000000000000000000000000', clock_timestamp() + interval '60 s')
  RETURNING order_id
), lines AS (
  INSERT INTO order_items (order_id, line_no, product_id, quantity, cost_units, cost_nanos)
  SELECT placed.order_id, line.line_no, line.product_id, line.quantity, line.units, line.nanos
  FROM placed, unnest('{OLJCESPC7Z,6E92ZMYYFZ,9SIQT8TOJO}'::text[], '{2,1,3}'::int4[], '{17,7,4}'::int8[],
                      '{682441398,952233525,856258293}'::int4[])
    WITH ORDINALITY AS line (product_id, quantity, units, nanos, line_no)
), event AS (
  INSERT INTO order_events (order_id, actor, to_status) SELECT order_id, 'checkout', 'pending' FROM placed
)
SELECT FROM placed;
