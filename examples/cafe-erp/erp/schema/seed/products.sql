INSERT INTO products (sku, name, unit, reorder_level)
VALUES ('COFFEE-BEANS', 'Coffee beans', 'kg', 20),
       ('MILK-WHOLE', 'Whole milk', 'l', 40),
       ('FLOUR-550', 'Flour 550', 'kg', 25)
ON CONFLICT (sku) DO NOTHING;
