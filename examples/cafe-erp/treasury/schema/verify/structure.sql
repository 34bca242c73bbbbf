-- The whole schema on one page, as it must be. What is missing or different comes out as a row.

-- Columns.
SELECT format('column %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('accounts', ARRAY[
        'id: bigint not null identity', 'code: text not null', 'name: text not null', 'kind: text not null',
        'currency: text not null default', 'parent_id: bigint', 'is_active: boolean not null default',
        'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('journal_entries', ARRAY[
        'id: bigint not null identity', 'number: uuid not null default', 'booked_on: date not null',
        'description: text not null', 'source: jsonb not null default', 'reversal_of: bigint',
        'created_at: timestamp with time zone not null default']),
    ('journal_lines', ARRAY[
        'id: bigint not null identity', 'entry_id: bigint not null', 'line_no: smallint not null',
        'account_id: bigint not null', 'amount: numeric(18,2) not null', 'memo: text'])
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
    ('accounts', ARRAY[
        'accounts_pk: PRIMARY KEY (id)', 'accounts_code_key: UNIQUE (code)',
        'accounts_parent_fk: FOREIGN KEY (parent_id) REFERENCES accounts(id)', 'accounts_code_check: CHECK',
        'accounts_currency_check: CHECK', 'accounts_kind_check: CHECK', 'accounts_name_check: CHECK',
        'accounts_parent_check: CHECK']),
    ('journal_entries', ARRAY[
        'journal_entries_pk: PRIMARY KEY (id)', 'journal_entries_number_key: UNIQUE (number)',
        'journal_entries_reversal_of_key: UNIQUE (reversal_of)',
        'journal_entries_reversal_of_fk: FOREIGN KEY (reversal_of) REFERENCES journal_entries(id)',
        'journal_entries_description_check: CHECK', 'journal_entries_reversal_check: CHECK',
        'journal_entries_source_check: CHECK']),
    ('journal_lines', ARRAY[
        'journal_lines_pk: PRIMARY KEY (id)', 'journal_lines_entry_line_key: UNIQUE (entry_id, line_no)',
        'journal_lines_account_fk: FOREIGN KEY (account_id) REFERENCES accounts(id)',
        'journal_lines_entry_fk: FOREIGN KEY (entry_id) REFERENCES journal_entries(id) ON DELETE CASCADE',
        'journal_lines_amount_check: CHECK', 'journal_lines_line_no_check: CHECK',
        'journal_lines_memo_check: CHECK'])
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
    ('accounts', ARRAY[
        'accounts_parent_id_idx: btree (parent_id) partial']),
    ('journal_entries', ARRAY[
        'journal_entries_booked_on_idx: btree (booked_on, id)']),
    ('journal_lines', ARRAY[
        'journal_lines_account_id_idx: btree (account_id, entry_id)'])
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
FROM unnest(ARRAY['accounts', 'journal_entries', 'journal_lines']) AS name
JOIN pg_catalog.pg_index AS i ON i.indrelid = to_regclass(name)
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive);

-- Triggers, enabled.
SELECT format('trigger %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('accounts', ARRAY[
        'accounts_touch: treasury_touch_updated_at']),
    ('journal_entries', ARRAY[
        'journal_entries_balance: treasury_entry_changed']),
    ('journal_lines', ARRAY[
        'journal_lines_balance: treasury_line_changed'])
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
    'treasury_check_balance(bigint)', 'treasury_entry_changed()', 'treasury_line_changed()',
    'treasury_touch_updated_at()']) AS name
WHERE name <> ALL (ARRAY(SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p
                         WHERE p.proname = split_part(name, '(', 1)::name AND pg_function_is_visible(p.oid)));
