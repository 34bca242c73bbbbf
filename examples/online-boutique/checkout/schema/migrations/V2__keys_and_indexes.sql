-- innkeeper: up
-- A user's orders, newest first, in pages; the last column makes the order total.
CREATE INDEX orders_user_id_idx ON orders (user_id, created_at DESC, order_id DESC);
CREATE INDEX orders_created_at_idx ON orders (created_at);
-- What recovery looks for every few seconds: almost always nothing.
CREATE INDEX orders_unfinished_idx ON orders (lease_until) WHERE status IN ('pending', 'paid');
-- One order at a time per user, and one order per key.
CREATE UNIQUE INDEX orders_one_pending_per_user_key ON orders (user_id) WHERE status = 'pending';
CREATE UNIQUE INDEX orders_idempotency_key_key ON orders (user_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE INDEX order_events_order_id_idx ON order_events (order_id, id);
CREATE INDEX order_outbox_due_idx ON order_outbox (next_at) WHERE done_at IS NULL;

ALTER TABLE order_items
    ADD CONSTRAINT order_items_order_line_key UNIQUE (order_id, line_no),   -- the index for order_id, too
    ADD CONSTRAINT order_items_order_fk FOREIGN KEY (order_id) REFERENCES orders (order_id) ON DELETE CASCADE;
ALTER TABLE order_events
    ADD CONSTRAINT order_events_order_fk FOREIGN KEY (order_id) REFERENCES orders (order_id);
ALTER TABLE order_outbox
    ADD CONSTRAINT order_outbox_order_kind_key UNIQUE (order_id, kind),
    ADD CONSTRAINT order_outbox_order_fk FOREIGN KEY (order_id) REFERENCES orders (order_id) ON DELETE CASCADE;

-- innkeeper: down
ALTER TABLE order_outbox
    DROP CONSTRAINT order_outbox_order_fk,
    DROP CONSTRAINT order_outbox_order_kind_key;
ALTER TABLE order_events DROP CONSTRAINT order_events_order_fk;
ALTER TABLE order_items
    DROP CONSTRAINT order_items_order_fk,
    DROP CONSTRAINT order_items_order_line_key;
DROP INDEX order_outbox_due_idx;
DROP INDEX order_events_order_id_idx;
DROP INDEX orders_idempotency_key_key;
DROP INDEX orders_one_pending_per_user_key;
DROP INDEX orders_unfinished_idx;
DROP INDEX orders_created_at_idx;
DROP INDEX orders_user_id_idx;
