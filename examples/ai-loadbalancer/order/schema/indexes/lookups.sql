CREATE INDEX IF NOT EXISTS orders_user_id_idx ON orders (user_id, created_at DESC);
CREATE INDEX IF NOT EXISTS orders_unfinished_idx ON orders (created_at) WHERE status IN ('pending', 'paid', 'shipped');
CREATE INDEX IF NOT EXISTS order_items_product_id_idx ON order_items (product_id);
