-- innkeeper: up
-- A cart is ordered once: its hash (products and quantities, nothing personal) stands here from the moment the order is
-- recorded until the cart was emptied, or the order came to nothing.
ALTER TABLE orders ADD COLUMN open_cart bytea;
CREATE UNIQUE INDEX orders_open_cart_key ON orders (user_id, open_cart) WHERE open_cart IS NOT NULL;
-- Which carts were emptied just now: whoever read one of them before reads it again.
CREATE INDEX order_outbox_emptied_idx ON order_outbox (done_at) WHERE kind = 'empty_cart' AND done_at IS NOT NULL;

-- innkeeper: down
DROP INDEX order_outbox_emptied_idx;
DROP INDEX orders_open_cart_key;
ALTER TABLE orders DROP COLUMN open_cart;
