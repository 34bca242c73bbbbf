-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('reservations: %s rows whose product_id is not in products', count(*)) AS problem
FROM reservations AS child
WHERE NOT EXISTS (SELECT FROM products AS parent WHERE parent.id = child.product_id)
HAVING count(*) > 0;

SELECT format('stock: %s rows whose product_id is not in products', count(*)) AS problem
FROM stock AS child
WHERE NOT EXISTS (SELECT FROM products AS parent WHERE parent.id = child.product_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('product %s: %s are reserved, the reservations hold %s', product_id, coalesce(s.reserved, 0),
              coalesce(held.quantity, 0)) AS problem
FROM stock AS s
FULL JOIN (SELECT product_id, sum(quantity) AS quantity FROM reservations WHERE status = 'held' GROUP BY product_id)
    AS held USING (product_id)
WHERE coalesce(s.reserved, 0) <> coalesce(held.quantity, 0);
