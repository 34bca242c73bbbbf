CREATE INDEX IF NOT EXISTS delivery_couriers_available_idx ON delivery_couriers USING gist (last_position)
    WHERE status = 'available';
CREATE INDEX IF NOT EXISTS delivery_jobs_order_id_idx ON delivery_jobs (order_id);
-- An order is under way once at a time.
CREATE UNIQUE INDEX IF NOT EXISTS delivery_jobs_one_open_per_order_key ON delivery_jobs (order_id)
    WHERE status IN ('offered', 'accepted', 'picked_up');
CREATE INDEX IF NOT EXISTS delivery_jobs_courier_id_idx ON delivery_jobs (courier_id, created_at DESC);
CREATE INDEX IF NOT EXISTS delivery_jobs_pick_up_at_idx ON delivery_jobs USING gist (pick_up_at)
    WHERE status = 'offered';
CREATE INDEX IF NOT EXISTS delivery_positions_job_id_idx ON delivery_positions (job_id, recorded_at);
CREATE INDEX IF NOT EXISTS delivery_positions_recorded_at_idx ON delivery_positions USING brin (recorded_at);
