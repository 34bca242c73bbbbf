-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('cart_items: %s rows whose cart_id is not in carts', count(*)) AS problem
FROM cart_items AS child
WHERE NOT EXISTS (SELECT FROM carts AS parent WHERE parent.id = child.cart_id)
HAVING count(*) > 0;
