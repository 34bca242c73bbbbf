-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('pricing_prices: %s rows whose price_list_id is not in pricing_price_lists', count(*)) AS problem
FROM pricing_prices AS child
WHERE NOT EXISTS (SELECT FROM pricing_price_lists AS parent WHERE parent.id = child.price_list_id)
HAVING count(*) > 0;

SELECT format('pricing_rules: %s rows whose price_list_id is not in pricing_price_lists', count(*)) AS problem
FROM pricing_rules AS child
WHERE NOT EXISTS (SELECT FROM pricing_price_lists AS parent WHERE parent.id = child.price_list_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('price list %s has no price for %s today', l.code, size) AS problem
FROM pricing_price_lists AS l
CROSS JOIN unnest(enum_range(NULL::pricing_cylinder_size)) AS size
WHERE l.is_active AND l.vendor_id IS NULL AND pricing_price_at(l.id, size, now()) IS NULL;
