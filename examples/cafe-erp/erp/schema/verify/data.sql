-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('purchase_order_lines: %s rows whose purchase_order_id is not in purchase_orders', count(*)) AS problem
FROM purchase_order_lines AS child
WHERE NOT EXISTS (SELECT FROM purchase_orders AS parent WHERE parent.id = child.purchase_order_id)
HAVING count(*) > 0;

SELECT format('purchase_order_lines: %s rows whose product_id is not in products', count(*)) AS problem
FROM purchase_order_lines AS child
WHERE NOT EXISTS (SELECT FROM products AS parent WHERE parent.id = child.product_id)
HAVING count(*) > 0;

SELECT format('purchase_orders: %s rows whose supplier_id is not in suppliers', count(*)) AS problem
FROM purchase_orders AS child
WHERE NOT EXISTS (SELECT FROM suppliers AS parent WHERE parent.id = child.supplier_id)
HAVING count(*) > 0;

SELECT format('stock_levels: %s rows whose product_id is not in products', count(*)) AS problem
FROM stock_levels AS child
WHERE NOT EXISTS (SELECT FROM products AS parent WHERE parent.id = child.product_id)
HAVING count(*) > 0;

SELECT format('stock_movements: %s rows whose product_id is not in products', count(*)) AS problem
FROM stock_movements AS child
WHERE NOT EXISTS (SELECT FROM products AS parent WHERE parent.id = child.product_id)
HAVING count(*) > 0;

SELECT format('stock_movements: %s rows whose purchase_order_line_id'
              ' is not in purchase_order_lines', count(*))
    AS problem
FROM stock_movements AS child
WHERE child.purchase_order_line_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM purchase_order_lines AS parent WHERE parent.id = child.purchase_order_line_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('product %s: the stock level is %s, its movements sum up to %s',
              product_id, coalesce(level.quantity, 0), coalesce(moved.quantity, 0)) AS problem
FROM (SELECT product_id, sum(quantity) AS quantity FROM stock_movements GROUP BY product_id) AS moved
FULL JOIN stock_levels AS level USING (product_id)
WHERE coalesce(level.quantity, 0) <> coalesce(moved.quantity, 0);
