-- The whole schema on one page, as it must be. What is missing or different comes out as a row.

-- Enum types, with their values in order.
SELECT format('type %s should have the values %s, and has %s', wanted.type, wanted.labels,
              coalesce(found.labels::text, 'none: it is missing')) AS problem
FROM (VALUES
    ('pricing_adjustment_kind', ARRAY['percent', 'fixed']),
    ('pricing_cylinder_size', ARRAY['small', 'medium', 'large', 'extra_large'])
) AS wanted (type, labels)
LEFT JOIN LATERAL (
    SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
    FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = to_regtype(wanted.type)) AS found ON true
WHERE found.labels IS DISTINCT FROM wanted.labels;

-- Columns.
SELECT format('column %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('pricing_price_lists', ARRAY[
        'id: bigint not null identity', 'code: text not null', 'vendor_id: uuid',
        'currency: text not null default', 'is_active: boolean not null default',
        'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('pricing_prices', ARRAY[
        'id: bigint not null identity', 'price_list_id: bigint not null', 'size: pricing_cylinder_size not null',
        'refill: numeric(14,2) not null', 'deposit: numeric(14,2) not null default',
        'valid_during: tstzrange not null', 'created_at: timestamp with time zone not null default']),
    ('pricing_rules', ARRAY[
        'id: bigint not null identity', 'price_list_id: bigint not null', 'name: text not null',
        'kind: pricing_adjustment_kind not null', 'amount: numeric(14,2) not null',
        'condition: jsonb not null default', 'position: integer not null default',
        'is_active: boolean not null default', 'updated_at: timestamp with time zone not null default'])
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
    ('pricing_price_lists', ARRAY[
        'pricing_price_lists_pk: PRIMARY KEY (id)', 'pricing_price_lists_code_key: UNIQUE (code)',
        'pricing_price_lists_code_check: CHECK', 'pricing_price_lists_currency_check: CHECK']),
    ('pricing_prices', ARRAY[
        'pricing_prices_pk: PRIMARY KEY (id)',
        'pricing_prices_no_overlap: EXCLUDE USING gist (price_list_id WITH =, size WITH =, valid_during WITH &&)',
        'pricing_prices_price_list_fk: FOREIGN KEY (price_list_id) REFERENCES pricing_price_lists(id)',
        'pricing_prices_deposit_check: CHECK', 'pricing_prices_refill_check: CHECK',
        'pricing_prices_valid_during_check: CHECK']),
    ('pricing_rules', ARRAY[
        'pricing_rules_pk: PRIMARY KEY (id)', 'pricing_rules_name_key: UNIQUE (price_list_id, name)',
        'pricing_rules_price_list_fk: FOREIGN KEY (price_list_id) REFERENCES pricing_price_lists(id) ON DELETE CASCADE',
        'pricing_rules_amount_check: CHECK', 'pricing_rules_condition_check: CHECK'])
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
    ('pricing_price_lists', ARRAY[
        'pricing_price_lists_vendor_id_idx: btree (vendor_id) partial']),
    ('pricing_prices', ARRAY[
        'pricing_prices_price_list_id_idx: btree (price_list_id, size)'])
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
FROM unnest(ARRAY['pricing_price_lists', 'pricing_prices', 'pricing_rules']) AS name
JOIN pg_catalog.pg_index AS i ON i.indrelid = to_regclass(name)
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive);

-- Triggers, enabled.
SELECT format('trigger %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('pricing_price_lists', ARRAY[
        'pricing_price_lists_touch: pricing_touch_updated_at']),
    ('pricing_rules', ARRAY[
        'pricing_rules_touch: pricing_touch_updated_at'])
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
    'pricing_price_at(bigint,pricing_cylinder_size,timestamp with time zone)', 'pricing_touch_updated_at()']) AS name
WHERE name <> ALL (ARRAY(SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p
                         WHERE p.proname = split_part(name, '(', 1)::name AND pg_function_is_visible(p.oid)));
