CREATE INDEX IF NOT EXISTS purchase_orders_supplier_id_idx ON purchase_orders (supplier_id, ordered_on DESC);
CREATE INDEX IF NOT EXISTS purchase_orders_expected_idx ON purchase_orders (expected_on)
    WHERE status IN ('sent', 'confirmed');
CREATE INDEX IF NOT EXISTS purchase_order_lines_product_id_idx ON purchase_order_lines (product_id);
CREATE INDEX IF NOT EXISTS stock_movements_product_id_idx ON stock_movements (product_id, occurred_at DESC);
CREATE INDEX IF NOT EXISTS stock_movements_purchase_order_line_id_idx ON stock_movements (purchase_order_line_id)
    WHERE purchase_order_line_id IS NOT NULL;
