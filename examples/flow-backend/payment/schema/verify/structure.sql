-- The whole schema on one page, as it must be. What is missing or different comes out as a row.

-- Enum types, with their values in order.
SELECT format('type %s should have the values %s, and has %s', wanted.type, wanted.labels,
              coalesce(found.labels::text, 'none: it is missing')) AS problem
FROM (VALUES
    ('payment_split_kind', ARRAY['vendor', 'platform', 'courier']),
    ('payment_status', ARRAY['pending', 'processing', 'succeeded', 'failed', 'refunded'])
) AS wanted (type, labels)
LEFT JOIN LATERAL (
    SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
    FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = to_regtype(wanted.type)) AS found ON true
WHERE found.labels IS DISTINCT FROM wanted.labels;

-- Columns.
SELECT format('column %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('payment_payments', ARRAY[
        'id: uuid not null default', 'order_id: uuid not null', 'customer_id: uuid not null',
        'reference: text not null', 'amount_minor: bigint not null', 'currency: text not null default',
        'method: text not null', 'status: payment_status not null default', 'paid_at: timestamp with time zone',
        'failure_reason: text', 'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('payment_paystack_transactions', ARRAY[
        'id: bigint not null identity', 'payment_id: uuid not null', 'paystack_id: bigint', 'access_code: text',
        'authorization_url: text', 'gateway_response: text', 'fees_minor: bigint',
        'raw_response: jsonb not null default', 'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('payment_splits', ARRAY[
        'id: bigint not null identity', 'payment_id: uuid not null', 'kind: payment_split_kind not null',
        'recipient_id: uuid', 'subaccount_code: text', 'amount_minor: bigint not null',
        'settled_at: timestamp with time zone', 'created_at: timestamp with time zone not null default']),
    ('payment_webhooks', ARRAY[
        'id: bigint not null identity', 'provider: text not null default', 'event: text not null',
        'body_hash: bytea not null', 'body: jsonb not null', 'is_authentic: boolean not null', 'payment_id: uuid',
        'received_at: timestamp with time zone not null default', 'processed_at: timestamp with time zone',
        'processing_error: text'])
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
    ('payment_payments', ARRAY[
        'payment_payments_pk: PRIMARY KEY (id)', 'payment_payments_reference_key: UNIQUE (reference)',
        'payment_payments_amount_minor_check: CHECK', 'payment_payments_currency_check: CHECK',
        'payment_payments_method_check: CHECK', 'payment_payments_paid_check: CHECK',
        'payment_payments_reference_check: CHECK']),
    ('payment_paystack_transactions', ARRAY[
        'payment_paystack_transactions_pk: PRIMARY KEY (id)',
        'payment_paystack_transactions_paystack_id_key: UNIQUE (paystack_id)',
        'payment_paystack_transactions_payment_fk: FOREIGN KEY (payment_id) REFERENCES payment_payments(id)',
        'payment_paystack_transactions_fees_minor_check: CHECK',
        'payment_paystack_transactions_raw_response_check: CHECK']),
    ('payment_splits', ARRAY[
        'payment_splits_pk: PRIMARY KEY (id)',
        'payment_splits_payment_fk: FOREIGN KEY (payment_id) REFERENCES payment_payments(id)',
        'payment_splits_amount_minor_check: CHECK', 'payment_splits_recipient_check: CHECK']),
    ('payment_webhooks', ARRAY[
        'payment_webhooks_pk: PRIMARY KEY (id)', 'payment_webhooks_body_hash_key: UNIQUE (provider, body_hash)',
        'payment_webhooks_payment_fk: FOREIGN KEY (payment_id) REFERENCES payment_payments(id)',
        'payment_webhooks_authentic_check: CHECK', 'payment_webhooks_body_hash_check: CHECK',
        'payment_webhooks_event_check: CHECK'])
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
    ('payment_payments', ARRAY[
        'payment_payments_customer_id_idx: btree (customer_id, created_at DESC)',
        'payment_payments_one_success_per_order_key: unique btree (order_id) partial',
        'payment_payments_order_id_idx: btree (order_id)',
        'payment_payments_unresolved_idx: btree (created_at) partial']),
    ('payment_paystack_transactions', ARRAY[
        'payment_paystack_transactions_payment_id_idx: btree (payment_id)']),
    ('payment_splits', ARRAY[
        'payment_splits_payment_id_idx: btree (payment_id)',
        'payment_splits_recipient_id_idx: btree (recipient_id, created_at DESC)']),
    ('payment_webhooks', ARRAY[
        'payment_webhooks_payment_id_idx: btree (payment_id) partial',
        'payment_webhooks_waiting_idx: btree (received_at) partial'])
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
FROM unnest(ARRAY['payment_payments', 'payment_paystack_transactions', 'payment_splits', 'payment_webhooks']) AS name
JOIN pg_catalog.pg_index AS i ON i.indrelid = to_regclass(name)
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive);

-- Triggers, enabled.
SELECT format('trigger %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('payment_payments', ARRAY[
        'payment_payments_touch: payment_touch_updated_at']),
    ('payment_paystack_transactions', ARRAY[
        'payment_paystack_transactions_touch: payment_touch_updated_at']),
    ('payment_splits', ARRAY[
        'payment_splits_sum: payment_check_splits'])
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
    'payment_check_splits()', 'payment_touch_updated_at()']) AS name
WHERE name <> ALL (ARRAY(SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p
                         WHERE p.proname = split_part(name, '(', 1)::name AND pg_function_is_visible(p.oid)));
