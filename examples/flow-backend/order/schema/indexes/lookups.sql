CREATE INDEX IF NOT EXISTS order_orders_customer_id_idx ON order_orders (customer_id, created_at DESC);
CREATE INDEX IF NOT EXISTS order_orders_vendor_id_idx ON order_orders (vendor_id, created_at DESC)
    WHERE vendor_id IS NOT NULL;
-- What dispatchers look at: emergencies first.
CREATE INDEX IF NOT EXISTS order_orders_open_idx ON order_orders (priority DESC, created_at)
    WHERE status IN ('placed', 'accepted', 'preparing', 'dispatched');
CREATE INDEX IF NOT EXISTS order_status_history_order_id_idx ON order_status_history (order_id, id);
CREATE INDEX IF NOT EXISTS order_deliveries_courier_id_idx ON order_deliveries (courier_id, scheduled_for)
    WHERE status IN ('scheduled', 'on_the_way');
