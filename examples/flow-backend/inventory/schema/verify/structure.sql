-- The whole schema on one page, as it must be. What is missing or different comes out as a row.

-- Enum types, with their values in order.
SELECT format('type %s should have the values %s, and has %s', wanted.type, wanted.labels,
              coalesce(found.labels::text, 'none: it is missing')) AS problem
FROM (VALUES
    ('inventory_check_result', ARRAY['passed', 'failed', 'conditional']),
    ('inventory_cylinder_size', ARRAY['small', 'medium', 'large', 'extra_large']),
    ('inventory_cylinder_status', ARRAY[
        'empty', 'filling', 'full', 'reserved', 'in_transit', 'in_use', 'maintenance', 'retired']),
    ('inventory_event_kind', ARRAY['registered', 'status_changed', 'moved', 'quality_checked', 'maintained'])
) AS wanted (type, labels)
LEFT JOIN LATERAL (
    SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
    FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = to_regtype(wanted.type)) AS found ON true
WHERE found.labels IS DISTINCT FROM wanted.labels;

-- Columns.
SELECT format('column %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('inventory_cylinder_events', ARRAY[
        'id: bigint not null identity', 'cylinder_id: uuid not null', 'kind: inventory_event_kind not null',
        'from_status: inventory_cylinder_status', 'to_status: inventory_cylinder_status', 'location_id: uuid',
        'actor_id: uuid', 'detail: jsonb not null default',
        'occurred_at: timestamp with time zone not null default']),
    ('inventory_cylinders', ARRAY[
        'id: uuid not null default', 'serial_number: text not null', 'size: inventory_cylinder_size not null',
        'status: inventory_cylinder_status not null default', 'location_id: uuid',
        'manufactured_on: date not null', 'last_tested_on: date', 'next_test_due_on: date not null',
        'pressure_bar: numeric(6,2)', 'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('inventory_locations', ARRAY[
        'id: uuid not null default', 'vendor_id: uuid not null', 'name: text not null',
        'kind: text not null default', 'address: jsonb not null default', 'is_active: boolean not null default',
        'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('inventory_maintenance_records', ARRAY[
        'id: bigint not null identity', 'cylinder_id: uuid not null', 'kind: text not null',
        'description: text not null', 'performed_by: text not null', 'cost: numeric(12,2) not null default',
        'currency: text not null default', 'started_at: timestamp with time zone not null',
        'finished_at: timestamp with time zone']),
    ('inventory_quality_checks', ARRAY[
        'id: bigint not null identity', 'cylinder_id: uuid not null', 'inspector_id: uuid not null',
        'result: inventory_check_result not null', 'purity_percent: numeric(5,2)', 'pressure_bar: numeric(6,2)',
        'findings: jsonb not null default', 'checked_at: timestamp with time zone not null default']),
    ('inventory_stock', ARRAY[
        'location_id: uuid not null', 'size: inventory_cylinder_size not null',
        'full_count: integer not null default', 'reserved_count: integer not null default',
        'empty_count: integer not null default', 'reorder_level: integer not null default',
        'updated_at: timestamp with time zone not null default'])
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
    ('inventory_cylinder_events', ARRAY[
        'inventory_cylinder_events_pk: PRIMARY KEY (id)',
        'inventory_cylinder_events_cylinder_fk: FOREIGN KEY (cylinder_id) REFERENCES inventory_cylinders(id)',
        'inventory_cylinder_events_location_fk: FOREIGN KEY (location_id) REFERENCES inventory_locations(id)',
        'inventory_cylinder_events_detail_check: CHECK', 'inventory_cylinder_events_status_check: CHECK']),
    ('inventory_cylinders', ARRAY[
        'inventory_cylinders_pk: PRIMARY KEY (id)',
        'inventory_cylinders_serial_number_key: UNIQUE (serial_number)',
        'inventory_cylinders_location_fk: FOREIGN KEY (location_id) REFERENCES inventory_locations(id)',
        'inventory_cylinders_place_check: CHECK', 'inventory_cylinders_pressure_bar_check: CHECK',
        'inventory_cylinders_serial_number_check: CHECK', 'inventory_cylinders_tested_check: CHECK']),
    ('inventory_locations', ARRAY[
        'inventory_locations_pk: PRIMARY KEY (id)',
        'inventory_locations_vendor_name_key: UNIQUE (vendor_id, name)',
        'inventory_locations_address_check: CHECK', 'inventory_locations_kind_check: CHECK',
        'inventory_locations_name_check: CHECK']),
    ('inventory_maintenance_records', ARRAY[
        'inventory_maintenance_records_pk: PRIMARY KEY (id)',
        'inventory_maintenance_records_cylinder_fk: FOREIGN KEY (cylinder_id) REFERENCES inventory_cylinders(id)',
        'inventory_maintenance_records_cost_check: CHECK', 'inventory_maintenance_records_currency_check: CHECK',
        'inventory_maintenance_records_finished_at_check: CHECK',
        'inventory_maintenance_records_kind_check: CHECK']),
    ('inventory_quality_checks', ARRAY[
        'inventory_quality_checks_pk: PRIMARY KEY (id)',
        'inventory_quality_checks_cylinder_fk: FOREIGN KEY (cylinder_id) REFERENCES inventory_cylinders(id)',
        'inventory_quality_checks_findings_check: CHECK', 'inventory_quality_checks_pressure_bar_check: CHECK',
        'inventory_quality_checks_purity_percent_check: CHECK']),
    ('inventory_stock', ARRAY[
        'inventory_stock_pk: PRIMARY KEY (location_id, size)',
        'inventory_stock_location_fk: FOREIGN KEY (location_id) REFERENCES inventory_locations(id)',
        'inventory_stock_empty_count_check: CHECK', 'inventory_stock_full_count_check: CHECK',
        'inventory_stock_reorder_level_check: CHECK', 'inventory_stock_reserved_count_check: CHECK'])
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
    ('inventory_cylinder_events', ARRAY[
        'inventory_cylinder_events_cylinder_id_idx: btree (cylinder_id, occurred_at DESC)',
        'inventory_cylinder_events_location_id_idx: btree (location_id) partial']),
    ('inventory_cylinders', ARRAY[
        'inventory_cylinders_location_id_idx: btree (location_id, status)',
        'inventory_cylinders_test_due_idx: btree (next_test_due_on) partial']),
    ('inventory_maintenance_records', ARRAY[
        'inventory_maintenance_records_cylinder_id_idx: btree (cylinder_id, started_at DESC)',
        'inventory_maintenance_records_one_open_key: unique btree (cylinder_id) partial']),
    ('inventory_quality_checks', ARRAY[
        'inventory_quality_checks_cylinder_id_idx: btree (cylinder_id, checked_at DESC)']),
    ('inventory_stock', ARRAY[
        'inventory_stock_low_idx: btree (location_id) partial'])
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
FROM unnest(ARRAY['inventory_cylinder_events', 'inventory_cylinders', 'inventory_locations',
                  'inventory_maintenance_records', 'inventory_quality_checks', 'inventory_stock']) AS name
JOIN pg_catalog.pg_index AS i ON i.indrelid = to_regclass(name)
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive);

-- Triggers, enabled.
SELECT format('trigger %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('inventory_cylinder_events', ARRAY[
        'inventory_cylinder_events_append_only: inventory_refuse_change']),
    ('inventory_cylinders', ARRAY[
        'inventory_cylinders_record: inventory_record_cylinder_event',
        'inventory_cylinders_stay_retired: inventory_refuse_revival',
        'inventory_cylinders_touch: inventory_touch_updated_at']),
    ('inventory_locations', ARRAY[
        'inventory_locations_touch: inventory_touch_updated_at']),
    ('inventory_stock', ARRAY[
        'inventory_stock_touch: inventory_touch_updated_at'])
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
    'inventory_record_cylinder_event()', 'inventory_refuse_change()', 'inventory_refuse_revival()',
    'inventory_touch_updated_at()']) AS name
WHERE name <> ALL (ARRAY(SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p
                         WHERE p.proname = split_part(name, '(', 1)::name AND pg_function_is_visible(p.oid)));
