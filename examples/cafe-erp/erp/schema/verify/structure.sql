-- The whole schema on one page, as it must be. What is missing or different comes out as a row.

-- Enum types, with their values in order.
SELECT format('type %s should have the values %s, and has %s', wanted.type, wanted.labels,
              coalesce(found.labels::text, 'none: it is missing')) AS problem
FROM (VALUES
    ('purchase_order_status', ARRAY['draft', 'sent', 'confirmed', 'received', 'cancelled']),
    ('stock_movement_kind', ARRAY['receipt', 'issue', 'adjustment', 'supplier_return'])
) AS wanted (type, labels)
LEFT JOIN LATERAL (
    SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
    FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = to_regtype(wanted.type)) AS found ON true
WHERE found.labels IS DISTINCT FROM wanted.labels;

-- Columns.
SELECT format('column %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('products', ARRAY[
        'id: bigint not null identity', 'sku: text not null', 'name: text not null', 'unit: text not null',
        'reorder_level: numeric(14,3) not null default', 'is_active: boolean not null default',
        'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('purchase_order_lines', ARRAY[
        'id: bigint not null identity', 'purchase_order_id: bigint not null', 'line_no: smallint not null',
        'product_id: bigint not null', 'quantity: numeric(14,3) not null', 'unit_price: numeric(14,4) not null']),
    ('purchase_orders', ARRAY[
        'id: bigint not null identity', 'number: text not null', 'supplier_id: bigint not null',
        'status: purchase_order_status not null default', 'currency: text not null default', 'ordered_on: date',
        'expected_on: date', 'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('stock_levels', ARRAY[
        'product_id: bigint not null', 'quantity: numeric(16,3) not null',
        'updated_at: timestamp with time zone not null default']),
    ('stock_movements', ARRAY[
        'id: bigint not null identity', 'product_id: bigint not null', 'kind: stock_movement_kind not null',
        'quantity: numeric(14,3) not null', 'purchase_order_line_id: bigint',
        'occurred_at: timestamp with time zone not null default', 'note: text',
        'created_at: timestamp with time zone not null default']),
    ('suppliers', ARRAY[
        'id: bigint not null identity', 'code: text not null', 'name: text not null', 'email: text',
        'address: jsonb not null default', 'is_active: boolean not null default',
        'created_at: timestamp with time zone not null default',
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
    ('products', ARRAY[
        'products_pk: PRIMARY KEY (id)', 'products_sku_key: UNIQUE (sku)', 'products_name_check: CHECK',
        'products_reorder_level_check: CHECK', 'products_sku_check: CHECK', 'products_unit_check: CHECK']),
    ('purchase_order_lines', ARRAY[
        'purchase_order_lines_pk: PRIMARY KEY (id)',
        'purchase_order_lines_order_line_key: UNIQUE (purchase_order_id, line_no)',
        'purchase_order_lines_order_fk: FOREIGN KEY (purchase_order_id) REFERENCES purchase_orders(id) ON DELETE CASCADE',
        'purchase_order_lines_product_fk: FOREIGN KEY (product_id) REFERENCES products(id)',
        'purchase_order_lines_line_no_check: CHECK', 'purchase_order_lines_quantity_check: CHECK',
        'purchase_order_lines_unit_price_check: CHECK']),
    ('purchase_orders', ARRAY[
        'purchase_orders_pk: PRIMARY KEY (id)', 'purchase_orders_number_key: UNIQUE (number)',
        'purchase_orders_supplier_fk: FOREIGN KEY (supplier_id) REFERENCES suppliers(id)',
        'purchase_orders_currency_check: CHECK', 'purchase_orders_expected_check: CHECK',
        'purchase_orders_number_check: CHECK', 'purchase_orders_ordered_check: CHECK']),
    ('stock_levels', ARRAY[
        'stock_levels_pk: PRIMARY KEY (product_id)',
        'stock_levels_product_fk: FOREIGN KEY (product_id) REFERENCES products(id)',
        'stock_levels_quantity_check: CHECK']),
    ('stock_movements', ARRAY[
        'stock_movements_pk: PRIMARY KEY (id)',
        'stock_movements_product_fk: FOREIGN KEY (product_id) REFERENCES products(id)',
        'stock_movements_purchase_order_line_fk: FOREIGN KEY (purchase_order_line_id) REFERENCES purchase_order_lines(id)',
        'stock_movements_direction_check: CHECK', 'stock_movements_note_check: CHECK']),
    ('suppliers', ARRAY[
        'suppliers_pk: PRIMARY KEY (id)', 'suppliers_code_key: UNIQUE (code)', 'suppliers_address_check: CHECK',
        'suppliers_code_check: CHECK', 'suppliers_email_check: CHECK', 'suppliers_name_check: CHECK'])
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
    ('purchase_order_lines', ARRAY[
        'purchase_order_lines_product_id_idx: btree (product_id)']),
    ('purchase_orders', ARRAY[
        'purchase_orders_expected_idx: btree (expected_on) partial',
        'purchase_orders_supplier_id_idx: btree (supplier_id, ordered_on DESC)']),
    ('stock_movements', ARRAY[
        'stock_movements_product_id_idx: btree (product_id, occurred_at DESC)',
        'stock_movements_purchase_order_line_id_idx: btree (purchase_order_line_id) partial'])
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
FROM unnest(ARRAY['products', 'purchase_order_lines', 'purchase_orders', 'stock_levels', 'stock_movements',
                  'suppliers']) AS name
JOIN pg_catalog.pg_index AS i ON i.indrelid = to_regclass(name)
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive);

-- Triggers, enabled.
SELECT format('trigger %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('products', ARRAY[
        'products_touch: erp_touch_updated_at']),
    ('purchase_orders', ARRAY[
        'purchase_orders_touch: erp_touch_updated_at']),
    ('stock_movements', ARRAY[
        'stock_movements_append_only: erp_refuse_change', 'stock_movements_apply: erp_apply_stock_movement']),
    ('suppliers', ARRAY[
        'suppliers_touch: erp_touch_updated_at'])
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
    'erp_apply_stock_movement()', 'erp_refuse_change()', 'erp_touch_updated_at()']) AS name
WHERE name <> ALL (ARRAY(SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p
                         WHERE p.proname = split_part(name, '(', 1)::name AND pg_function_is_visible(p.oid)));
