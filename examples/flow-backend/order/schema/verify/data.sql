-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('order_deliveries: %s rows whose order_id is not in order_orders', count(*)) AS problem
FROM order_deliveries AS child
WHERE NOT EXISTS (SELECT FROM order_orders AS parent WHERE parent.id = child.order_id)
HAVING count(*) > 0;

SELECT format('order_items: %s rows whose order_id is not in order_orders', count(*)) AS problem
FROM order_items AS child
WHERE NOT EXISTS (SELECT FROM order_orders AS parent WHERE parent.id = child.order_id)
HAVING count(*) > 0;

SELECT format('order_status_history: %s rows whose order_id is not in order_orders', count(*)) AS problem
FROM order_status_history AS child
WHERE NOT EXISTS (SELECT FROM order_orders AS parent WHERE parent.id = child.order_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('order %s is %s, and its history ends with %s', o.number, o.status,
              coalesce(last.to_status::text, 'nothing')) AS problem
FROM order_orders AS o
LEFT JOIN LATERAL (
    SELECT h.to_status FROM order_status_history AS h WHERE h.order_id = o.id ORDER BY h.id DESC LIMIT 1)
    AS last ON true
WHERE o.status IS DISTINCT FROM last.to_status;

SELECT format('order %s: its subtotal is %s, its items cost %s', o.number, o.subtotal,
              coalesce(sum(i.quantity * i.unit_price), 0)) AS problem
FROM order_orders AS o LEFT JOIN order_items AS i ON i.order_id = o.id
GROUP BY o.id HAVING o.subtotal <> coalesce(sum(i.quantity * i.unit_price), 0);
