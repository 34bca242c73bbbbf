-- The whole schema on one page, as it must be. What is missing or different comes out as a row.

-- Columns.
SELECT format('column %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('order_events', ARRAY[
        'id: bigint not null identity', 'order_id: uuid not null', 'at: timestamp with time zone not null default',
        'actor: text not null', 'from_status: text', 'to_status: text not null', 'detail: jsonb not null default']),
    ('order_items', ARRAY[
        'id: bigint not null identity', 'order_id: uuid not null', 'line_no: integer not null',
        'product_id: text not null', 'quantity: integer not null', 'cost_units: bigint', 'cost_nanos: integer',
        'created_at: timestamp with time zone not null default']),
    ('order_outbox', ARRAY[
        'id: bigint not null identity', 'order_id: uuid not null', 'kind: text not null',
        'attempts: integer not null default', 'next_at: timestamp with time zone not null default',
        'done_at: timestamp with time zone', 'last_error: text',
        'created_at: timestamp with time zone not null default']),
    ('orders', ARRAY[
        'id: bigint not null identity', 'order_id: uuid not null', 'user_id: text not null', 'user_email: text',
        'user_currency: text', 'shipping_tracking_id: text', 'shipping_cost_units: bigint',
        'shipping_cost_nanos: integer', 'shipping_address_street: text', 'shipping_address_city: text',
        'shipping_address_state: text', 'shipping_address_country: text', 'shipping_address_zip: integer',
        'total_amount_units: bigint', 'total_amount_nanos: integer', 'status: text not null default',
        'transaction_id: text', 'idempotency_key: text', 'request_hash: bytea',
        'lease_until: timestamp with time zone', 'source: text not null default',
        'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default', 'shipping_cost: numeric(28,9) generated',
        'total_amount: numeric(28,9) generated', 'open_cart: bytea'])
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
    ('order_events', ARRAY[
        'order_events_pk: PRIMARY KEY (id)',
        'order_events_order_fk: FOREIGN KEY (order_id) REFERENCES orders(order_id)',
        'order_events_actor_check: CHECK', 'order_events_detail_check: CHECK']),
    ('order_items', ARRAY[
        'order_items_pk: PRIMARY KEY (id)', 'order_items_order_line_key: UNIQUE (order_id, line_no)',
        'order_items_order_fk: FOREIGN KEY (order_id) REFERENCES orders(order_id) ON DELETE CASCADE',
        'order_items_cost_check: CHECK', 'order_items_line_no_check: CHECK', 'order_items_product_id_check: CHECK',
        'order_items_quantity_check: CHECK']),
    ('order_outbox', ARRAY[
        'order_outbox_pk: PRIMARY KEY (id)', 'order_outbox_order_kind_key: UNIQUE (order_id, kind)',
        'order_outbox_order_fk: FOREIGN KEY (order_id) REFERENCES orders(order_id) ON DELETE CASCADE',
        'order_outbox_attempts_check: CHECK', 'order_outbox_kind_check: CHECK']),
    ('orders', ARRAY[
        'orders_pk: PRIMARY KEY (id)', 'orders_order_id_key: UNIQUE (order_id)',
        'orders_idempotency_key_check: CHECK', 'orders_live_amounts_check: CHECK',
        'orders_shipping_cost_check: CHECK', 'orders_source_check: CHECK', 'orders_status_check: CHECK',
        'orders_total_amount_check: CHECK', 'orders_tracking_id_check: CHECK',
        'orders_transaction_id_check: CHECK', 'orders_user_currency_check: CHECK', 'orders_user_id_check: CHECK'])
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
    ('order_events', ARRAY[
        'order_events_order_id_idx: btree (order_id, id)']),
    ('order_outbox', ARRAY[
        'order_outbox_due_idx: btree (next_at) partial', 'order_outbox_emptied_idx: btree (done_at) partial']),
    ('orders', ARRAY[
        'orders_created_at_idx: btree (created_at)',
        'orders_idempotency_key_key: unique btree (user_id, idempotency_key) partial',
        'orders_one_pending_per_user_key: unique btree (user_id) partial',
        'orders_open_cart_key: unique btree (user_id, open_cart) partial',
        'orders_unfinished_idx: btree (lease_until) partial',
        'orders_user_id_idx: btree (user_id, created_at DESC, order_id DESC)'])
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
FROM unnest(ARRAY['order_events', 'order_items', 'order_outbox', 'orders']) AS name
JOIN pg_catalog.pg_index AS i ON i.indrelid = to_regclass(name)
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive);

-- Triggers, enabled.
SELECT format('trigger %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('order_events', ARRAY[
        'order_events_append_only: checkout_refuse_change']),
    ('orders', ARRAY[
        'orders_touch: checkout_touch_updated_at'])
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
    'checkout_refuse_change()', 'checkout_require_unemptied_cart(text,timestamp with time zone)',
    'checkout_touch_updated_at()']) AS name
WHERE name <> ALL (ARRAY(SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p
                         WHERE p.proname = split_part(name, '(', 1)::name AND pg_function_is_visible(p.oid)));

-- Views.
SELECT format('view %s is missing', name) AS problem
FROM unnest(ARRAY['order_funnel', 'orders_per_day', 'product_sales', 'user_spend']) AS name
WHERE to_regclass(name) IS NULL;
