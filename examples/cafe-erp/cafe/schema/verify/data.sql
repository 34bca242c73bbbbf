-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('menu_items: %s rows whose category_id is not in menu_categories', count(*)) AS problem
FROM menu_items AS child
WHERE NOT EXISTS (SELECT FROM menu_categories AS parent WHERE parent.id = child.category_id)
HAVING count(*) > 0;

SELECT format('order_lines: %s rows whose menu_item_id is not in menu_items', count(*)) AS problem
FROM order_lines AS child
WHERE NOT EXISTS (SELECT FROM menu_items AS parent WHERE parent.id = child.menu_item_id)
HAVING count(*) > 0;

SELECT format('order_lines: %s rows whose order_id is not in orders', count(*)) AS problem
FROM order_lines AS child
WHERE NOT EXISTS (SELECT FROM orders AS parent WHERE parent.id = child.order_id)
HAVING count(*) > 0;

SELECT format('orders: %s rows whose table_id is not in dining_tables', count(*)) AS problem
FROM orders AS child
WHERE child.table_id IS NOT NULL AND NOT EXISTS (SELECT FROM dining_tables AS parent WHERE parent.id = child.table_id)
HAVING count(*) > 0;

SELECT format('payments: %s rows whose order_id is not in orders', count(*)) AS problem
FROM payments AS child
WHERE NOT EXISTS (SELECT FROM orders AS parent WHERE parent.id = child.order_id)
HAVING count(*) > 0;

SELECT format('reservations: %s rows whose table_id is not in dining_tables', count(*)) AS problem
FROM reservations AS child
WHERE NOT EXISTS (SELECT FROM dining_tables AS parent WHERE parent.id = child.table_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('order %s is paid, but its payments are %s of %s', o.id, paid.amount, order_total(o.id)) AS problem
FROM orders AS o
CROSS JOIN LATERAL (SELECT coalesce(sum(p.amount), 0) AS amount FROM payments AS p WHERE p.order_id = o.id) AS paid
WHERE o.status = 'paid' AND paid.amount < order_total(o.id);
