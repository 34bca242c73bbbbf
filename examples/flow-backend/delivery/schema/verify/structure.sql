-- The whole schema on one page, as it must be. What is missing or different comes out as a row.

-- Enum types, with their values in order.
SELECT format('type %s should have the values %s, and has %s', wanted.type, wanted.labels,
              coalesce(found.labels::text, 'none: it is missing')) AS problem
FROM (VALUES
    ('delivery_courier_status', ARRAY['off_duty', 'available', 'busy']),
    ('delivery_job_status', ARRAY['offered', 'accepted', 'picked_up', 'delivered', 'failed', 'cancelled'])
) AS wanted (type, labels)
LEFT JOIN LATERAL (
    SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
    FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = to_regtype(wanted.type)) AS found ON true
WHERE found.labels IS DISTINCT FROM wanted.labels;

-- Columns.
SELECT format('column %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('delivery_couriers', ARRAY[
        'id: uuid not null default', 'account_id: uuid not null', 'vehicle: text not null', 'plate: text',
        'capacity: smallint not null', 'status: delivery_courier_status not null default',
        'last_position: geography(Point,4326)', 'last_position_at: timestamp with time zone',
        'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('delivery_jobs', ARRAY[
        'id: uuid not null default', 'order_id: uuid not null', 'courier_id: uuid',
        'status: delivery_job_status not null default', 'pick_up_at: geography(Point,4326) not null',
        'drop_off_at: geography(Point,4326) not null', 'route: geometry(LineString,4326)',
        'promised_until: timestamp with time zone', 'picked_up_at: timestamp with time zone',
        'finished_at: timestamp with time zone', 'failure_reason: text',
        'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('delivery_positions', ARRAY[
        'id: bigint not null identity', 'job_id: uuid not null', 'position: geography(Point,4326) not null',
        'accuracy: real', 'recorded_at: timestamp with time zone not null default'])
) AS wanted (relation, items)
CROSS JOIN LATERAL unnest(wanted.items) AS one
LEFT JOIN LATERAL (
    SELECT concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
                     CASE WHEN a.attidentity <> '' THEN 'identity' WHEN a.attgenerated <> '' THEN 'generated'
                          WHEN a.atthasdef THEN 'default' END) AS definition
    FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = to_regclass(wanted.relation) AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attname = split_part(one, ': ', 1)
) AS found ON true
WHERE found.definition IS DISTINCT FROM substr(one, strpos(one, ': ') + 2);

-- Constraints, validated.
SELECT format('constraint %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('delivery_couriers', ARRAY[
        'delivery_couriers_pk: PRIMARY KEY (id)', 'delivery_couriers_account_id_key: UNIQUE (account_id)',
        'delivery_couriers_capacity_check: CHECK', 'delivery_couriers_position_check: CHECK',
        'delivery_couriers_vehicle_check: CHECK']),
    ('delivery_jobs', ARRAY[
        'delivery_jobs_pk: PRIMARY KEY (id)',
        'delivery_jobs_courier_fk: FOREIGN KEY (courier_id) REFERENCES delivery_couriers(id)',
        'delivery_jobs_courier_check: CHECK', 'delivery_jobs_failure_check: CHECK',
        'delivery_jobs_finished_check: CHECK']),
    ('delivery_positions', ARRAY[
        'delivery_positions_pk: PRIMARY KEY (id)',
        'delivery_positions_job_fk: FOREIGN KEY (job_id) REFERENCES delivery_jobs(id) ON DELETE CASCADE',
        'delivery_positions_accuracy_check: CHECK'])
) AS wanted (relation, items)
CROSS JOIN LATERAL unnest(wanted.items) AS one
LEFT JOIN LATERAL (
    SELECT CASE WHEN c.contype <> 'c' THEN regexp_replace(pg_get_constraintdef(c.oid), ' WHERE .*$', ' partial')
                WHEN c.convalidated THEN 'CHECK' ELSE 'CHECK, not validated' END AS definition
    FROM pg_catalog.pg_constraint AS c
    WHERE c.conrelid = to_regclass(wanted.relation) AND c.conname = split_part(one, ': ', 1)
) AS found ON true
WHERE found.definition IS DISTINCT FROM substr(one, strpos(one, ': ') + 2);

-- Indexes beyond those of constraints.
SELECT format('index %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('delivery_couriers', ARRAY[
        'delivery_couriers_available_idx: gist (last_position) partial']),
    ('delivery_jobs', ARRAY[
        'delivery_jobs_courier_id_idx: btree (courier_id, created_at DESC)',
        'delivery_jobs_one_open_per_order_key: unique btree (order_id) partial',
        'delivery_jobs_order_id_idx: btree (order_id)', 'delivery_jobs_pick_up_at_idx: gist (pick_up_at) partial']),
    ('delivery_positions', ARRAY[
        'delivery_positions_job_id_idx: btree (job_id, recorded_at)',
        'delivery_positions_recorded_at_idx: brin (recorded_at)'])
) AS wanted (relation, items)
CROSS JOIN LATERAL unnest(wanted.items) AS one
LEFT JOIN LATERAL (
    SELECT concat(CASE WHEN i.indisunique THEN 'unique ' END,
                  regexp_replace(regexp_replace(pg_get_indexdef(i.indexrelid), '^.*? USING ', ''),
                                 ' WHERE .*$', ' partial')) AS definition
    FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
    WHERE i.indrelid = to_regclass(wanted.relation) AND c.relname = split_part(one, ': ', 1)
) AS found ON true
WHERE found.definition IS DISTINCT FROM substr(one, strpos(one, ': ') + 2);

-- No index of theirs may be invalid: a failed CREATE INDEX CONCURRENTLY leaves one behind.
SELECT format('index %s of %s is invalid', i.indexrelid::regclass, name) AS problem
FROM unnest(ARRAY['delivery_couriers', 'delivery_jobs', 'delivery_positions']) AS name
JOIN pg_catalog.pg_index AS i ON i.indrelid = to_regclass(name)
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive);

-- Triggers, enabled.
SELECT format('trigger %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('delivery_couriers', ARRAY[
        'delivery_couriers_touch: delivery_touch_updated_at']),
    ('delivery_jobs', ARRAY[
        'delivery_jobs_touch: delivery_touch_updated_at'])
) AS wanted (relation, items)
CROSS JOIN LATERAL unnest(wanted.items) AS one
LEFT JOIN LATERAL (
    SELECT CASE WHEN t.tgenabled IN ('O', 'A') THEN p.proname::text ELSE 'disabled' END AS definition
    FROM pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid
    WHERE t.tgrelid = to_regclass(wanted.relation) AND t.tgname = split_part(one, ': ', 1)
) AS found ON true
WHERE found.definition IS DISTINCT FROM substr(one, strpos(one, ': ') + 2);

-- Functions.
SELECT format('function %s is missing', name) AS problem
FROM unnest(ARRAY[
    'delivery_nearest_couriers(geography,integer,integer)', 'delivery_touch_updated_at()']) AS name
WHERE name <> ALL (ARRAY(SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p
                         WHERE p.proname = split_part(name, '(', 1)::name AND pg_function_is_visible(p.oid)));
