-- innkeeper: requires menu_categories.sql
INSERT INTO menu_items (category_id, name, price, attributes)
SELECT category.id, item.name, item.price, item.attributes::jsonb
FROM (VALUES
    ('Coffee', 'Espresso',   2.40, '{}'),
    ('Coffee', 'Flat white', 3.60, '{"allergens": ["milk"]}'),
    ('Tea',    'Sencha',     3.20, '{}'),
    ('Bakery', 'Croissant',  2.80, '{"allergens": ["gluten", "milk", "egg"]}'),
    ('Lunch',  'Soup',       6.50, '{"allergens": ["celery"]}')
) AS item (category, name, price, attributes)
JOIN menu_categories AS category ON category.name = item.category
ON CONFLICT (category_id, name) DO NOTHING;
