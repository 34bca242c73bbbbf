-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('order_items: %s rows whose order_id is not in orders', count(*)) AS problem
FROM order_items AS child
WHERE NOT EXISTS (SELECT FROM orders AS parent WHERE parent.id = child.order_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('order %s: its total is %s, its items cost %s', o.id, o.total,
              coalesce(sum(i.quantity * i.unit_price), 0)) AS problem
FROM orders AS o LEFT JOIN order_items AS i ON i.order_id = o.id
GROUP BY o.id HAVING o.total < coalesce(sum(i.quantity * i.unit_price), 0) OR count(i.id) = 0;
