-- innkeeper: up
-- Amounts are summed per currency, never across.
CREATE VIEW orders_per_day AS
SELECT (created_at AT TIME ZONE 'UTC')::date AS day, user_currency AS currency,
       count(*) AS orders, sum(total_amount) AS revenue
FROM orders
WHERE status IN ('paid', 'confirmed')
GROUP BY 1, 2;

CREATE VIEW product_sales AS
SELECT i.product_id, o.user_currency AS currency, count(DISTINCT o.order_id) AS orders, sum(i.quantity) AS quantity,
       sum((i.cost_units + i.cost_nanos * 0.000000001) * i.quantity) AS revenue
FROM order_items AS i JOIN orders AS o ON o.order_id = i.order_id
WHERE o.status IN ('paid', 'confirmed')
GROUP BY 1, 2;

CREATE VIEW user_spend AS
SELECT user_id, user_currency AS currency, count(*) AS orders, sum(total_amount) AS spent,
       max(created_at) AS last_order_at
FROM orders
WHERE status IN ('paid', 'confirmed')
GROUP BY 1, 2;

CREATE VIEW order_funnel AS
SELECT status, count(*) AS orders, min(created_at) AS oldest, max(updated_at) AS last_change
FROM orders
GROUP BY 1;

-- innkeeper: down
DROP VIEW order_funnel;
DROP VIEW user_spend;
DROP VIEW product_sales;
DROP VIEW orders_per_day;
