-- Rows come in the order of time: a few blocks of BRIN do what a B-tree would need gigabytes for.
CREATE INDEX IF NOT EXISTS admin_audit_log_occurred_at_idx ON admin_audit_log USING brin (occurred_at);
CREATE INDEX IF NOT EXISTS admin_audit_log_actor_id_idx ON admin_audit_log (actor_id, id DESC);
CREATE INDEX IF NOT EXISTS admin_audit_log_subject_idx ON admin_audit_log (subject, id DESC);
