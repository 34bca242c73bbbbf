-- The whole schema on one page, as it must be. What is missing or different comes out as a row.

-- Enum types, with their values in order.
SELECT format('type %s should have the values %s, and has %s', wanted.type, wanted.labels,
              coalesce(found.labels::text, 'none: it is missing')) AS problem
FROM (VALUES
    ('order_status', ARRAY['open', 'sent', 'served', 'paid', 'cancelled']),
    ('payment_method', ARRAY['cash', 'card', 'voucher'])
) AS wanted (type, labels)
LEFT JOIN LATERAL (
    SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
    FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = to_regtype(wanted.type)) AS found ON true
WHERE found.labels IS DISTINCT FROM wanted.labels;

-- Columns.
SELECT format('column %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('dining_tables', ARRAY[
        'id: bigint not null identity', 'label: text not null', 'seats: smallint not null']),
    ('menu_categories', ARRAY[
        'id: bigint not null identity', 'name: text not null', 'position: integer not null default']),
    ('menu_items', ARRAY[
        'id: bigint not null identity', 'category_id: bigint not null', 'name: text not null', 'description: text',
        'price: numeric(10,2) not null', 'is_available: boolean not null default',
        'attributes: jsonb not null default', 'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('order_lines', ARRAY[
        'id: bigint not null identity', 'order_id: bigint not null', 'line_no: smallint not null',
        'menu_item_id: bigint not null', 'item_name: text not null', 'unit_price: numeric(10,2) not null',
        'quantity: smallint not null', 'note: text']),
    ('orders', ARRAY[
        'id: bigint not null identity', 'number: uuid not null default', 'table_id: bigint',
        'status: order_status not null default', 'opened_at: timestamp with time zone not null default',
        'closed_at: timestamp with time zone', 'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default', 'channel: text not null default']),
    ('payments', ARRAY[
        'id: bigint not null identity', 'order_id: bigint not null', 'method: payment_method not null',
        'amount: numeric(10,2) not null', 'reference: text', 'paid_at: timestamp with time zone not null default']),
    ('reservations', ARRAY[
        'id: bigint not null identity', 'table_id: bigint not null', 'guest_name: text not null',
        'guests: smallint not null', 'during: tstzrange not null',
        'created_at: timestamp with time zone not null default'])
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
    ('dining_tables', ARRAY[
        'dining_tables_pk: PRIMARY KEY (id)', 'dining_tables_label_key: UNIQUE (label)',
        'dining_tables_label_check: CHECK', 'dining_tables_seats_check: CHECK']),
    ('menu_categories', ARRAY[
        'menu_categories_pk: PRIMARY KEY (id)', 'menu_categories_name_key: UNIQUE (name)',
        'menu_categories_name_check: CHECK']),
    ('menu_items', ARRAY[
        'menu_items_pk: PRIMARY KEY (id)', 'menu_items_category_name_key: UNIQUE (category_id, name)',
        'menu_items_category_fk: FOREIGN KEY (category_id) REFERENCES menu_categories(id)',
        'menu_items_attributes_check: CHECK', 'menu_items_name_check: CHECK', 'menu_items_price_check: CHECK']),
    ('order_lines', ARRAY[
        'order_lines_pk: PRIMARY KEY (id)', 'order_lines_order_line_key: UNIQUE (order_id, line_no)',
        'order_lines_menu_item_fk: FOREIGN KEY (menu_item_id) REFERENCES menu_items(id)',
        'order_lines_order_fk: FOREIGN KEY (order_id) REFERENCES orders(id) ON DELETE CASCADE',
        'order_lines_line_no_check: CHECK', 'order_lines_note_check: CHECK', 'order_lines_quantity_check: CHECK',
        'order_lines_unit_price_check: CHECK']),
    ('orders', ARRAY[
        'orders_pk: PRIMARY KEY (id)', 'orders_number_key: UNIQUE (number)',
        'orders_table_fk: FOREIGN KEY (table_id) REFERENCES dining_tables(id)', 'orders_channel_check: CHECK',
        'orders_closed_after_opened_check: CHECK', 'orders_closed_check: CHECK']),
    ('payments', ARRAY[
        'payments_pk: PRIMARY KEY (id)', 'payments_order_fk: FOREIGN KEY (order_id) REFERENCES orders(id)',
        'payments_amount_check: CHECK', 'payments_reference_check: CHECK']),
    ('reservations', ARRAY[
        'reservations_pk: PRIMARY KEY (id)',
        'reservations_no_overlap: EXCLUDE USING gist (table_id WITH =, during WITH &&)',
        'reservations_table_fk: FOREIGN KEY (table_id) REFERENCES dining_tables(id)',
        'reservations_during_check: CHECK', 'reservations_guest_name_check: CHECK',
        'reservations_guests_check: CHECK'])
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
    ('order_lines', ARRAY[
        'order_lines_menu_item_id_idx: btree (menu_item_id)']),
    ('orders', ARRAY[
        'orders_channel_opened_at_idx: btree (channel, opened_at DESC)',
        'orders_one_open_per_table_key: unique btree (table_id) partial',
        'orders_open_idx: btree (opened_at) partial', 'orders_table_id_idx: btree (table_id)']),
    ('payments', ARRAY[
        'payments_order_id_idx: btree (order_id)', 'payments_paid_at_idx: btree (paid_at)'])
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
FROM unnest(ARRAY['dining_tables', 'menu_categories', 'menu_items', 'order_lines', 'orders', 'payments',
                  'reservations']) AS name
JOIN pg_catalog.pg_index AS i ON i.indrelid = to_regclass(name)
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive);

-- Triggers, enabled.
SELECT format('trigger %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('menu_items', ARRAY[
        'menu_items_touch: cafe_touch_updated_at']),
    ('orders', ARRAY[
        'orders_close: cafe_close_order', 'orders_touch: cafe_touch_updated_at'])
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
    'cafe_close_order()', 'cafe_touch_updated_at()', 'order_total(bigint)']) AS name
WHERE name <> ALL (ARRAY(SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p
                         WHERE p.proname = split_part(name, '(', 1)::name AND pg_function_is_visible(p.oid)));
