-- The whole schema on one page, as it must be. What is missing or different comes out as a row.

-- Enum types, with their values in order.
SELECT format('type %s should have the values %s, and has %s', wanted.type, wanted.labels,
              coalesce(found.labels::text, 'none: it is missing')) AS problem
FROM (VALUES
    ('user_role', ARRAY['customer', 'support', 'admin'])
) AS wanted (type, labels)
LEFT JOIN LATERAL (
    SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
    FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = to_regtype(wanted.type)) AS found ON true
WHERE found.labels IS DISTINCT FROM wanted.labels;

-- Columns.
SELECT format('column %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('addresses', ARRAY[
        'id: bigint not null identity', 'user_id: uuid not null', 'street: text not null', 'city: text not null',
        'postcode: text not null', 'country: text not null', 'is_default: boolean not null default',
        'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('users', ARRAY[
        'id: uuid not null default', 'email: text not null', 'password_hash: text not null',
        'display_name: text not null', 'role: user_role not null default', 'is_active: boolean not null default',
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
    ('addresses', ARRAY[
        'addresses_pk: PRIMARY KEY (id)',
        'addresses_user_fk: FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE',
        'addresses_country_check: CHECK']),
    ('users', ARRAY[
        'users_pk: PRIMARY KEY (id)', 'users_display_name_check: CHECK', 'users_email_check: CHECK',
        'users_password_hash_check: CHECK'])
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
    ('addresses', ARRAY[
        'addresses_one_default_key: unique btree (user_id) partial', 'addresses_user_id_idx: btree (user_id)']),
    ('users', ARRAY[
        'users_email_key: unique btree (lower(email))'])
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
FROM unnest(ARRAY['addresses', 'users']) AS name
JOIN pg_catalog.pg_index AS i ON i.indrelid = to_regclass(name)
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive);

-- Triggers, enabled.
SELECT format('trigger %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('addresses', ARRAY[
        'addresses_touch: user_touch_updated_at']),
    ('users', ARRAY[
        'users_touch: user_touch_updated_at'])
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
    'user_touch_updated_at()']) AS name
WHERE name <> ALL (ARRAY(SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p
                         WHERE p.proname = split_part(name, '(', 1)::name AND pg_function_is_visible(p.oid)));
