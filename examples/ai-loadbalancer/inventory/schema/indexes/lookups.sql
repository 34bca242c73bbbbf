CREATE INDEX IF NOT EXISTS reservations_product_id_idx ON reservations (product_id);
CREATE INDEX IF NOT EXISTS reservations_expiry_idx ON reservations (expires_at) WHERE status = 'held';
