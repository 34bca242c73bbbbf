INSERT INTO menu_categories (name, position)
VALUES ('Coffee', 10), ('Tea', 20), ('Bakery', 30), ('Lunch', 40)
ON CONFLICT (name) DO NOTHING;
