CREATE INDEX IF NOT EXISTS order_lines_menu_item_id_idx ON order_lines (menu_item_id);
CREATE INDEX IF NOT EXISTS payments_order_id_idx ON payments (order_id);
CREATE INDEX IF NOT EXISTS payments_paid_at_idx ON payments (paid_at);
CREATE INDEX IF NOT EXISTS orders_table_id_idx ON orders (table_id);

-- What the kitchen and the waiters look at all day: few rows of many.
CREATE INDEX IF NOT EXISTS orders_open_idx ON orders (opened_at) WHERE status IN ('open', 'sent', 'served');
-- A table has at most one order at a time.
CREATE UNIQUE INDEX IF NOT EXISTS orders_one_open_per_table_key ON orders (table_id)
    WHERE status IN ('open', 'sent', 'served');
