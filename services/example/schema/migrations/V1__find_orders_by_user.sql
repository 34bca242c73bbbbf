-- innkeeper: no-transaction
-- innkeeper: up
DROP INDEX CONCURRENTLY IF EXISTS orders_user_id_id_idx;
CREATE INDEX CONCURRENTLY orders_user_id_id_idx ON orders (user_id, id);

-- innkeeper: down
DROP INDEX CONCURRENTLY IF EXISTS orders_user_id_id_idx;
