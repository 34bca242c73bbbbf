-- The whole schema on one page, as it must be. What is missing or different comes out as a row.

-- Columns.
SELECT format('column %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('"Appointments"', ARRAY[
        'Id: uuid not null default', 'TenantId: uuid not null', 'ServiceId: uuid not null',
        'ProviderId: uuid not null', 'CustomerId: uuid not null', 'StartsAt: timestamp with time zone not null',
        'EndsAt: timestamp with time zone not null', 'Status: text not null default', 'CancellationReason: text',
        'Notes: text', 'CreatedAt: timestamp with time zone not null default',
        'UpdatedAt: timestamp with time zone not null default']),
    ('"ProviderHours"', ARRAY[
        'Id: bigint not null identity', 'ProviderId: uuid not null', 'Weekday: smallint not null',
        'OpensAt: time without time zone not null', 'ClosesAt: time without time zone not null']),
    ('"Services"', ARRAY[
        'Id: uuid not null default', 'TenantId: uuid not null', 'Name: text not null',
        'DurationMinutes: integer not null', 'Price: numeric(10,2) not null default',
        'Currency: text not null default', 'IsActive: boolean not null default',
        'CreatedAt: timestamp with time zone not null default',
        'UpdatedAt: timestamp with time zone not null default'])
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
    ('"Appointments"', ARRAY[
        'PK_Appointments: PRIMARY KEY ("Id")',
        'EX_Appointments_ProviderId: EXCLUDE USING gist ("ProviderId" WITH =, tstzrange("StartsAt", "EndsAt") WITH &&) partial',
        'FK_Appointments_Services_ServiceId: FOREIGN KEY ("ServiceId") REFERENCES "Services"("Id")',
        'CK_Appointments_CancellationReason: CHECK', 'CK_Appointments_EndsAt: CHECK',
        'CK_Appointments_Notes: CHECK', 'CK_Appointments_Status: CHECK']),
    ('"ProviderHours"', ARRAY[
        'PK_ProviderHours: PRIMARY KEY ("Id")',
        'AK_ProviderHours_ProviderId_Weekday_OpensAt: UNIQUE ("ProviderId", "Weekday", "OpensAt")',
        'CK_ProviderHours_ClosesAt: CHECK', 'CK_ProviderHours_Weekday: CHECK']),
    ('"Services"', ARRAY[
        'PK_Services: PRIMARY KEY ("Id")', 'AK_Services_TenantId_Name: UNIQUE ("TenantId", "Name")',
        'CK_Services_Currency: CHECK', 'CK_Services_DurationMinutes: CHECK', 'CK_Services_Name: CHECK',
        'CK_Services_Price: CHECK'])
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
    ('"Appointments"', ARRAY[
        'IX_Appointments_CustomerId_StartsAt: btree ("CustomerId", "StartsAt" DESC)',
        'IX_Appointments_ServiceId: btree ("ServiceId")',
        'IX_Appointments_TenantId_StartsAt: btree ("TenantId", "StartsAt")'])
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
FROM unnest(ARRAY['"Appointments"', '"ProviderHours"', '"Services"']) AS name
JOIN pg_catalog.pg_index AS i ON i.indrelid = to_regclass(name)
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive);

-- Triggers, enabled.
SELECT format('trigger %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('"Appointments"', ARRAY[
        'TR_Appointments_UpdatedAt: appointment_touch_updated_at']),
    ('"Services"', ARRAY[
        'TR_Services_UpdatedAt: appointment_touch_updated_at'])
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
    'appointment_touch_updated_at()']) AS name
WHERE name <> ALL (ARRAY(SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p
                         WHERE p.proname = split_part(name, '(', 1)::name AND pg_function_is_visible(p.oid)));
