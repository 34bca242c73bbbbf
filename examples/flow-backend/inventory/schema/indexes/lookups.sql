CREATE INDEX IF NOT EXISTS inventory_stock_low_idx ON inventory_stock (location_id)
    WHERE full_count - reserved_count <= reorder_level;
CREATE INDEX IF NOT EXISTS inventory_cylinders_location_id_idx ON inventory_cylinders (location_id, status);
CREATE INDEX IF NOT EXISTS inventory_cylinders_test_due_idx ON inventory_cylinders (next_test_due_on)
    WHERE status <> 'retired';
CREATE INDEX IF NOT EXISTS inventory_cylinder_events_cylinder_id_idx
    ON inventory_cylinder_events (cylinder_id, occurred_at DESC);
CREATE INDEX IF NOT EXISTS inventory_cylinder_events_location_id_idx ON inventory_cylinder_events (location_id)
    WHERE location_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS inventory_quality_checks_cylinder_id_idx
    ON inventory_quality_checks (cylinder_id, checked_at DESC);
CREATE INDEX IF NOT EXISTS inventory_maintenance_records_cylinder_id_idx
    ON inventory_maintenance_records (cylinder_id, started_at DESC);
-- A cylinder is in the workshop once at a time.
CREATE UNIQUE INDEX IF NOT EXISTS inventory_maintenance_records_one_open_key
    ON inventory_maintenance_records (cylinder_id) WHERE finished_at IS NULL;
