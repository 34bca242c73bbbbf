-- The whole schema on one page, as it must be. What is missing or different comes out as a row.

-- Enum types, with their values in order.
SELECT format('type %s should have the values %s, and has %s', wanted.type, wanted.labels,
              coalesce(found.labels::text, 'none: it is missing')) AS problem
FROM (VALUES
    ('notification_channel', ARRAY['email', 'sms', 'push']),
    ('outbox_status', ARRAY['pending', 'sent', 'failed', 'suppressed'])
) AS wanted (type, labels)
LEFT JOIN LATERAL (
    SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
    FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = to_regtype(wanted.type)) AS found ON true
WHERE found.labels IS DISTINCT FROM wanted.labels;

-- Columns.
SELECT format('column %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('deliveries', ARRAY[
        'id: bigint not null identity', 'outbox_id: bigint not null', 'attempt: smallint not null',
        'provider: text not null', 'provider_message_id: text', 'is_accepted: boolean not null', 'error: text',
        'attempted_at: timestamp with time zone not null default']),
    ('outbox', ARRAY[
        'id: bigint not null identity', 'dedupe_key: text not null', 'template_id: bigint not null',
        'recipient: text not null', 'payload: jsonb not null default', 'status: outbox_status not null default',
        'attempts: smallint not null default', 'next_attempt_at: timestamp with time zone not null default',
        'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('templates', ARRAY[
        'id: bigint not null identity', 'code: text not null', 'channel: notification_channel not null',
        'locale: text not null default', 'revision: integer not null default', 'subject: text',
        'body: text not null', 'is_active: boolean not null default',
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
    ('deliveries', ARRAY[
        'deliveries_pk: PRIMARY KEY (id)', 'deliveries_attempt_key: UNIQUE (outbox_id, attempt)',
        'deliveries_outbox_fk: FOREIGN KEY (outbox_id) REFERENCES outbox(id) ON DELETE CASCADE',
        'deliveries_attempt_check: CHECK', 'deliveries_error_check: CHECK']),
    ('outbox', ARRAY[
        'outbox_pk: PRIMARY KEY (id)', 'outbox_dedupe_key_key: UNIQUE (dedupe_key)',
        'outbox_template_fk: FOREIGN KEY (template_id) REFERENCES templates(id)', 'outbox_attempts_check: CHECK',
        'outbox_payload_check: CHECK', 'outbox_recipient_check: CHECK']),
    ('templates', ARRAY[
        'templates_pk: PRIMARY KEY (id)', 'templates_revision_key: UNIQUE (code, channel, locale, revision)',
        'templates_body_check: CHECK', 'templates_code_check: CHECK', 'templates_locale_check: CHECK',
        'templates_revision_check: CHECK', 'templates_subject_check: CHECK'])
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
    ('deliveries', ARRAY[
        'deliveries_provider_message_id_idx: btree (provider, provider_message_id) partial']),
    ('outbox', ARRAY[
        'outbox_due_idx: btree (next_attempt_at) partial',
        'outbox_recipient_idx: btree (recipient, created_at DESC)', 'outbox_template_id_idx: btree (template_id)'])
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
FROM unnest(ARRAY['deliveries', 'outbox', 'templates']) AS name
JOIN pg_catalog.pg_index AS i ON i.indrelid = to_regclass(name)
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive);

-- Triggers, enabled.
SELECT format('trigger %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('outbox', ARRAY[
        'outbox_announce: notifications_announce', 'outbox_touch: notifications_touch_updated_at']),
    ('templates', ARRAY[
        'templates_touch: notifications_touch_updated_at'])
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
    'notifications_announce()', 'notifications_touch_updated_at()']) AS name
WHERE name <> ALL (ARRAY(SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p
                         WHERE p.proname = split_part(name, '(', 1)::name AND pg_function_is_visible(p.oid)));
