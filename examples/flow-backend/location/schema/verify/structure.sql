-- The whole schema on one page, as it must be. What is missing or different comes out as a row.

-- Enum types, with their values in order.
SELECT format('type %s should have the values %s, and has %s', wanted.type, wanted.labels,
              coalesce(found.labels::text, 'none: it is missing')) AS problem
FROM (VALUES
    ('location_place_kind', ARRAY['depot', 'shop', 'hospital', 'filling_station', 'address'])
) AS wanted (type, labels)
LEFT JOIN LATERAL (
    SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
    FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = to_regtype(wanted.type)) AS found ON true
WHERE found.labels IS DISTINCT FROM wanted.labels;

-- Columns.
SELECT format('column %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('location_places', ARRAY[
        'id: uuid not null default', 'kind: location_place_kind not null', 'owner_id: uuid', 'name: text not null',
        'position: geography(Point,4326) not null', 'address: jsonb not null default',
        'is_active: boolean not null default', 'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('location_service_areas', ARRAY[
        'id: bigint not null identity', 'code: text not null', 'name: text not null',
        'area: geometry(MultiPolygon,4326) not null', 'is_active: boolean not null default',
        'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('location_vendor_coverage', ARRAY[
        'vendor_id: uuid not null', 'service_area_id: bigint not null', 'place_id: uuid not null',
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
    ('location_places', ARRAY[
        'location_places_pk: PRIMARY KEY (id)', 'location_places_address_check: CHECK',
        'location_places_name_check: CHECK']),
    ('location_service_areas', ARRAY[
        'location_service_areas_pk: PRIMARY KEY (id)', 'location_service_areas_code_key: UNIQUE (code)',
        'location_service_areas_area_check: CHECK', 'location_service_areas_code_check: CHECK']),
    ('location_vendor_coverage', ARRAY[
        'location_vendor_coverage_pk: PRIMARY KEY (vendor_id, service_area_id)',
        'location_vendor_coverage_place_fk: FOREIGN KEY (place_id) REFERENCES location_places(id)',
        'location_vendor_coverage_service_area_fk: FOREIGN KEY (service_area_id) REFERENCES location_service_areas(id)'])
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
    ('location_places', ARRAY[
        'location_places_kind_idx: btree (kind) partial', 'location_places_owner_id_idx: btree (owner_id) partial',
        'location_places_position_idx: gist ("position")']),
    ('location_service_areas', ARRAY[
        'location_service_areas_area_idx: gist (area)']),
    ('location_vendor_coverage', ARRAY[
        'location_vendor_coverage_place_id_idx: btree (place_id)',
        'location_vendor_coverage_service_area_id_idx: btree (service_area_id)'])
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
FROM unnest(ARRAY['location_places', 'location_service_areas', 'location_vendor_coverage']) AS name
JOIN pg_catalog.pg_index AS i ON i.indrelid = to_regclass(name)
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive);

-- Triggers, enabled.
SELECT format('trigger %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('location_places', ARRAY[
        'location_places_touch: location_touch_updated_at']),
    ('location_service_areas', ARRAY[
        'location_service_areas_touch: location_touch_updated_at'])
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
    'location_area_of(geography)', 'location_nearest_places(geography,location_place_kind,integer)',
    'location_touch_updated_at()']) AS name
WHERE name <> ALL (ARRAY(SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p
                         WHERE p.proname = split_part(name, '(', 1)::name AND pg_function_is_visible(p.oid)));
