-- The whole schema on one page, as it must be. What is missing or different comes out as a row.

-- Enum types, with their values in order.
SELECT format('type %s should have the values %s, and has %s', wanted.type, wanted.labels,
              coalesce(found.labels::text, 'none: it is missing')) AS problem
FROM (VALUES
    ('order_delivery_status', ARRAY['scheduled', 'on_the_way', 'delivered', 'failed']),
    ('order_priority', ARRAY['routine', 'urgent', 'emergency']),
    ('order_status', ARRAY[
        'placed', 'accepted', 'preparing', 'dispatched', 'delivered', 'cancelled', 'returned'])
) AS wanted (type, labels)
LEFT JOIN LATERAL (
    SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
    FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = to_regtype(wanted.type)) AS found ON true
WHERE found.labels IS DISTINCT FROM wanted.labels;

-- Columns.
SELECT format('column %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('order_deliveries', ARRAY[
        'id: uuid not null default', 'order_id: uuid not null', 'attempt: smallint not null default',
        'courier_id: uuid', 'status: order_delivery_status not null default',
        'scheduled_for: timestamp with time zone not null', 'delivered_at: timestamp with time zone',
        'received_by: text', 'failure_reason: text', 'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('order_items', ARRAY[
        'id: bigint not null identity', 'order_id: uuid not null', 'line_no: smallint not null',
        'cylinder_size: text not null', 'quantity: integer not null', 'unit_price: numeric(14,2) not null',
        'is_exchange: boolean not null default']),
    ('order_orders', ARRAY[
        'id: uuid not null default', 'number: bigint not null identity', 'customer_id: uuid not null',
        'vendor_id: uuid', 'status: order_status not null default', 'priority: order_priority not null default',
        'currency: text not null default', 'subtotal: numeric(14,2) not null',
        'delivery_fee: numeric(14,2) not null default', 'total: numeric(15,2) generated',
        'delivery_address: jsonb not null', 'notes: text', 'needed_by: timestamp with time zone',
        'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('order_status_history', ARRAY[
        'id: bigint not null identity', 'order_id: uuid not null', 'from_status: order_status',
        'to_status: order_status not null', 'changed_at: timestamp with time zone not null default'])
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
    ('order_deliveries', ARRAY[
        'order_deliveries_pk: PRIMARY KEY (id)', 'order_deliveries_attempt_key: UNIQUE (order_id, attempt)',
        'order_deliveries_order_fk: FOREIGN KEY (order_id) REFERENCES order_orders(id)',
        'order_deliveries_attempt_check: CHECK', 'order_deliveries_delivered_check: CHECK',
        'order_deliveries_failure_check: CHECK']),
    ('order_items', ARRAY[
        'order_items_pk: PRIMARY KEY (id)', 'order_items_order_line_key: UNIQUE (order_id, line_no)',
        'order_items_order_fk: FOREIGN KEY (order_id) REFERENCES order_orders(id) ON DELETE CASCADE',
        'order_items_cylinder_size_check: CHECK', 'order_items_line_no_check: CHECK',
        'order_items_quantity_check: CHECK', 'order_items_unit_price_check: CHECK']),
    ('order_orders', ARRAY[
        'order_orders_pk: PRIMARY KEY (id)', 'order_orders_number_key: UNIQUE (number)',
        'order_orders_currency_check: CHECK', 'order_orders_delivery_address_check: CHECK',
        'order_orders_delivery_fee_check: CHECK', 'order_orders_notes_check: CHECK',
        'order_orders_subtotal_check: CHECK', 'order_orders_vendor_check: CHECK']),
    ('order_status_history', ARRAY[
        'order_status_history_pk: PRIMARY KEY (id)',
        'order_status_history_order_fk: FOREIGN KEY (order_id) REFERENCES order_orders(id) ON DELETE CASCADE'])
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
    ('order_deliveries', ARRAY[
        'order_deliveries_courier_id_idx: btree (courier_id, scheduled_for) partial']),
    ('order_orders', ARRAY[
        'order_orders_customer_id_idx: btree (customer_id, created_at DESC)',
        'order_orders_open_idx: btree (priority DESC, created_at) partial',
        'order_orders_vendor_id_idx: btree (vendor_id, created_at DESC) partial']),
    ('order_status_history', ARRAY[
        'order_status_history_order_id_idx: btree (order_id, id)'])
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
FROM unnest(ARRAY['order_deliveries', 'order_items', 'order_orders', 'order_status_history']) AS name
JOIN pg_catalog.pg_index AS i ON i.indrelid = to_regclass(name)
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive);

-- Triggers, enabled.
SELECT format('trigger %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('order_deliveries', ARRAY[
        'order_deliveries_touch: order_touch_updated_at']),
    ('order_orders', ARRAY[
        'order_orders_check_status: order_check_status', 'order_orders_record_status: order_record_status',
        'order_orders_touch: order_touch_updated_at'])
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
    'order_check_status()', 'order_record_status()', 'order_touch_updated_at()']) AS name
WHERE name <> ALL (ARRAY(SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p
                         WHERE p.proname = split_part(name, '(', 1)::name AND pg_function_is_visible(p.oid)));
