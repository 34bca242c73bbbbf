-- The whole schema on one page, as it must be. What is missing or different comes out as a row.

-- Enum types, with their values in order.
SELECT format('type %s should have the values %s, and has %s', wanted.type, wanted.labels,
              coalesce(found.labels::text, 'none: it is missing')) AS problem
FROM (VALUES
    ('supplier_onboarding_document_status', ARRAY['uploaded', 'accepted', 'rejected', 'expired']),
    ('supplier_onboarding_status', ARRAY['draft', 'submitted', 'in_review', 'approved', 'rejected', 'withdrawn'])
) AS wanted (type, labels)
LEFT JOIN LATERAL (
    SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
    FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = to_regtype(wanted.type)) AS found ON true
WHERE found.labels IS DISTINCT FROM wanted.labels;

-- Columns.
SELECT format('column %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('supplier_onboarding_applications', ARRAY[
        'id: uuid not null default', 'applicant_id: uuid not null', 'business_name: text not null',
        'registration_number: text not null', 'contact: jsonb not null default',
        'status: supplier_onboarding_status not null default', 'submitted_at: timestamp with time zone',
        'decided_at: timestamp with time zone', 'decided_by: uuid', 'rejection_reason: text',
        'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('supplier_onboarding_documents', ARRAY[
        'id: uuid not null default', 'application_id: uuid not null', 'requirement_code: text not null',
        'storage_key: text not null', 'content_hash: bytea not null',
        'status: supplier_onboarding_document_status not null default', 'expires_on: date',
        'uploaded_at: timestamp with time zone not null default']),
    ('supplier_onboarding_notes', ARRAY[
        'id: bigint not null identity', 'application_id: uuid not null', 'author_id: uuid not null',
        'body: text not null', 'written_at: timestamp with time zone not null default']),
    ('supplier_onboarding_requirements', ARRAY[
        'code: text not null', 'description: text not null', 'is_mandatory: boolean not null default'])
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
    ('supplier_onboarding_applications', ARRAY[
        'supplier_onboarding_applications_pk: PRIMARY KEY (id)',
        'supplier_onboarding_applications_business_name_check: CHECK',
        'supplier_onboarding_applications_contact_check: CHECK',
        'supplier_onboarding_applications_decided_check: CHECK',
        'supplier_onboarding_applications_rejection_check: CHECK',
        'supplier_onboarding_applications_submitted_check: CHECK']),
    ('supplier_onboarding_documents', ARRAY[
        'supplier_onboarding_documents_pk: PRIMARY KEY (id)',
        'supplier_onboarding_documents_storage_key_key: UNIQUE (storage_key)',
        'supplier_onboarding_documents_application_fk: FOREIGN KEY (application_id) REFERENCES supplier_onboarding_applications(id) ON DELETE CASCADE',
        'supplier_onboarding_documents_requirement_fk: FOREIGN KEY (requirement_code) REFERENCES supplier_onboarding_requirements(code)',
        'supplier_onboarding_documents_content_hash_check: CHECK']),
    ('supplier_onboarding_notes', ARRAY[
        'supplier_onboarding_notes_pk: PRIMARY KEY (id)',
        'supplier_onboarding_notes_application_fk: FOREIGN KEY (application_id) REFERENCES supplier_onboarding_applications(id) ON DELETE CASCADE',
        'supplier_onboarding_notes_body_check: CHECK']),
    ('supplier_onboarding_requirements', ARRAY[
        'supplier_onboarding_requirements_pk: PRIMARY KEY (code)',
        'supplier_onboarding_requirements_code_check: CHECK'])
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
    ('supplier_onboarding_applications', ARRAY[
        'supplier_onboarding_applications_applicant_id_idx: btree (applicant_id)',
        'supplier_onboarding_applications_live_key: unique btree (registration_number) partial',
        'supplier_onboarding_applications_waiting_idx: btree (submitted_at) partial']),
    ('supplier_onboarding_documents', ARRAY[
        'supplier_onboarding_documents_application_id_idx: btree (application_id, requirement_code)',
        'supplier_onboarding_documents_expiry_idx: btree (expires_on) partial',
        'supplier_onboarding_documents_requirement_code_idx: btree (requirement_code)']),
    ('supplier_onboarding_notes', ARRAY[
        'supplier_onboarding_notes_application_id_idx: btree (application_id, written_at)'])
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
FROM unnest(ARRAY['supplier_onboarding_applications', 'supplier_onboarding_documents', 'supplier_onboarding_notes',
                  'supplier_onboarding_requirements']) AS name
JOIN pg_catalog.pg_index AS i ON i.indrelid = to_regclass(name)
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive);

-- Triggers, enabled.
SELECT format('trigger %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('supplier_onboarding_applications', ARRAY[
        'supplier_onboarding_applications_touch: supplier_onboarding_touch_updated_at'])
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
    'supplier_onboarding_touch_updated_at()']) AS name
WHERE name <> ALL (ARRAY(SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p
                         WHERE p.proname = split_part(name, '(', 1)::name AND pg_function_is_visible(p.oid)));
