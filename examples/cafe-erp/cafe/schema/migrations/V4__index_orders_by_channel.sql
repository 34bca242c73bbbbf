-- innkeeper: no-transaction
-- innkeeper: up
-- CONCURRENTLY leaves an invalid index behind when it fails; a second attempt starts by taking that away.
DROP INDEX CONCURRENTLY IF EXISTS orders_channel_opened_at_idx;
CREATE INDEX CONCURRENTLY orders_channel_opened_at_idx ON orders (channel, opened_at DESC);

-- innkeeper: down
DROP INDEX CONCURRENTLY IF EXISTS orders_channel_opened_at_idx;
