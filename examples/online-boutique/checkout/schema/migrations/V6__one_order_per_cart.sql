-- innkeeper: up
-- A cart is ordered once: its hash (products and quantities, nothing personal) stands here from the moment the order is
-- recorded until the cart was emptied, or the order came to nothing.
ALTER TABLE orders ADD COLUMN open_cart bytea;
CREATE UNIQUE INDEX orders_open_cart_key ON orders (user_id, open_cart) WHERE open_cart IS NOT NULL;
-- Which carts were emptied just now: whoever read one of them before reads it again.
CREATE INDEX order_outbox_emptied_idx ON order_outbox (done_at) WHERE kind = 'empty_cart' AND done_at IS NOT NULL;
-- Called when an order was inserted: a function sees what was committed since its statement began, and so also the order
-- that stood in the way until just now.
CREATE FUNCTION checkout_require_unemptied_cart(of_user text, read_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM order_outbox AS emptied JOIN orders AS earlier ON earlier.order_id = emptied.order_id
             WHERE emptied.kind = 'empty_cart' AND emptied.done_at > read_at AND earlier.user_id = of_user) THEN
    RAISE EXCEPTION 'the cart was emptied since it was read' USING ERRCODE = 'CO001';
  END IF;
END $$;

-- Set, never read: a commit that wrote this waits for the disk, and for a standby, and with it everything before it.
CREATE SEQUENCE order_commits_seq;

-- innkeeper: down
DROP SEQUENCE order_commits_seq;
DROP FUNCTION checkout_require_unemptied_cart(text, timestamptz);
DROP INDEX order_outbox_emptied_idx;
DROP INDEX orders_open_cart_key;
ALTER TABLE orders DROP COLUMN open_cart;
