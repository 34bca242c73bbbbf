CREATE UNIQUE INDEX IF NOT EXISTS carts_one_active_per_user_key ON carts (user_id) WHERE status = 'active';
CREATE INDEX IF NOT EXISTS carts_user_id_idx ON carts (user_id, created_at DESC);
CREATE INDEX IF NOT EXISTS carts_expiry_idx ON carts (expires_at) WHERE status = 'active';
