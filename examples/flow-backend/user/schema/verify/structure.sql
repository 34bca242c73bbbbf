-- The whole schema on one page, as it must be. What is missing or different comes out as a row.

-- Enum types, with their values in order.
SELECT format('type %s should have the values %s, and has %s', wanted.type, wanted.labels,
              coalesce(found.labels::text, 'none: it is missing')) AS problem
FROM (VALUES
    ('user_account_kind', ARRAY['customer', 'vendor', 'hospital', 'staff']),
    ('user_account_status', ARRAY['pending', 'active', 'suspended', 'closed']),
    ('user_verification_status', ARRAY['unverified', 'submitted', 'verified', 'rejected'])
) AS wanted (type, labels)
LEFT JOIN LATERAL (
    SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
    FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = to_regtype(wanted.type)) AS found ON true
WHERE found.labels IS DISTINCT FROM wanted.labels;

-- Columns.
SELECT format('column %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('user_account_roles', ARRAY[
        'account_id: uuid not null', 'role_id: bigint not null', 'granted_by: uuid',
        'granted_at: timestamp with time zone not null default']),
    ('user_accounts', ARRAY[
        'id: uuid not null default', 'kind: user_account_kind not null', 'email: text not null', 'phone: text',
        'password_hash: text not null', 'status: user_account_status not null default',
        'email_verified_at: timestamp with time zone', 'failed_log_ins: smallint not null default',
        'locked_until: timestamp with time zone', 'last_log_in_at: timestamp with time zone',
        'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('user_hospital_profiles', ARRAY[
        'account_id: uuid not null', 'hospital_name: text not null', 'license_number: text not null',
        'beds: integer', 'emergency_phone: text', 'verification: user_verification_status not null default',
        'verified_at: timestamp with time zone', 'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('user_permissions', ARRAY[
        'id: bigint not null identity', 'code: text not null', 'description: text not null']),
    ('user_profiles', ARRAY[
        'account_id: uuid not null', 'first_name: text not null', 'last_name: text not null', 'born_on: date',
        'locale: text not null default', 'time_zone: text not null default', 'address: jsonb not null default',
        'preferences: jsonb not null default', 'created_at: timestamp with time zone not null default',
        'updated_at: timestamp with time zone not null default']),
    ('user_role_permissions', ARRAY[
        'role_id: bigint not null', 'permission_id: bigint not null']),
    ('user_roles', ARRAY[
        'id: bigint not null identity', 'code: text not null', 'description: text not null']),
    ('user_sessions', ARRAY[
        'id: uuid not null default', 'account_id: uuid not null', 'token_hash: bytea not null', 'ip_address: inet',
        'user_agent: text', 'created_at: timestamp with time zone not null default',
        'last_seen_at: timestamp with time zone not null default', 'expires_at: timestamp with time zone not null',
        'revoked_at: timestamp with time zone']),
    ('user_vendor_profiles', ARRAY[
        'account_id: uuid not null', 'business_name: text not null', 'registration_number: text not null',
        'tax_number: text', 'delivers: boolean not null default',
        'verification: user_verification_status not null default', 'verified_at: timestamp with time zone',
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
    ('user_account_roles', ARRAY[
        'user_account_roles_pk: PRIMARY KEY (account_id, role_id)',
        'user_account_roles_account_fk: FOREIGN KEY (account_id) REFERENCES user_accounts(id) ON DELETE CASCADE',
        'user_account_roles_granted_by_fk: FOREIGN KEY (granted_by) REFERENCES user_accounts(id) ON DELETE SET NULL',
        'user_account_roles_role_fk: FOREIGN KEY (role_id) REFERENCES user_roles(id)']),
    ('user_accounts', ARRAY[
        'user_accounts_pk: PRIMARY KEY (id)', 'user_accounts_phone_key: UNIQUE (phone)',
        'user_accounts_email_check: CHECK', 'user_accounts_failed_log_ins_check: CHECK',
        'user_accounts_password_hash_check: CHECK', 'user_accounts_phone_check: CHECK']),
    ('user_hospital_profiles', ARRAY[
        'user_hospital_profiles_pk: PRIMARY KEY (account_id)',
        'user_hospital_profiles_license_number_key: UNIQUE (license_number)',
        'user_hospital_profiles_account_fk: FOREIGN KEY (account_id) REFERENCES user_accounts(id) ON DELETE CASCADE',
        'user_hospital_profiles_beds_check: CHECK', 'user_hospital_profiles_hospital_name_check: CHECK',
        'user_hospital_profiles_verified_check: CHECK']),
    ('user_permissions', ARRAY[
        'user_permissions_pk: PRIMARY KEY (id)', 'user_permissions_code_key: UNIQUE (code)',
        'user_permissions_code_check: CHECK']),
    ('user_profiles', ARRAY[
        'user_profiles_pk: PRIMARY KEY (account_id)',
        'user_profiles_account_fk: FOREIGN KEY (account_id) REFERENCES user_accounts(id) ON DELETE CASCADE',
        'user_profiles_address_check: CHECK', 'user_profiles_born_on_check: CHECK',
        'user_profiles_first_name_check: CHECK', 'user_profiles_last_name_check: CHECK',
        'user_profiles_preferences_check: CHECK']),
    ('user_role_permissions', ARRAY[
        'user_role_permissions_pk: PRIMARY KEY (role_id, permission_id)',
        'user_role_permissions_permission_fk: FOREIGN KEY (permission_id) REFERENCES user_permissions(id) ON DELETE CASCADE',
        'user_role_permissions_role_fk: FOREIGN KEY (role_id) REFERENCES user_roles(id) ON DELETE CASCADE']),
    ('user_roles', ARRAY[
        'user_roles_pk: PRIMARY KEY (id)', 'user_roles_code_key: UNIQUE (code)', 'user_roles_code_check: CHECK']),
    ('user_sessions', ARRAY[
        'user_sessions_pk: PRIMARY KEY (id)', 'user_sessions_token_hash_key: UNIQUE (token_hash)',
        'user_sessions_account_fk: FOREIGN KEY (account_id) REFERENCES user_accounts(id) ON DELETE CASCADE',
        'user_sessions_expires_at_check: CHECK', 'user_sessions_token_hash_check: CHECK']),
    ('user_vendor_profiles', ARRAY[
        'user_vendor_profiles_pk: PRIMARY KEY (account_id)',
        'user_vendor_profiles_registration_number_key: UNIQUE (registration_number)',
        'user_vendor_profiles_account_fk: FOREIGN KEY (account_id) REFERENCES user_accounts(id) ON DELETE CASCADE',
        'user_vendor_profiles_business_name_check: CHECK', 'user_vendor_profiles_verified_check: CHECK'])
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
    ('user_account_roles', ARRAY[
        'user_account_roles_granted_by_idx: btree (granted_by) partial',
        'user_account_roles_role_id_idx: btree (role_id)']),
    ('user_accounts', ARRAY[
        'user_accounts_email_key: unique btree (lower(email))',
        'user_accounts_kind_idx: btree (kind, created_at DESC)']),
    ('user_hospital_profiles', ARRAY[
        'user_hospital_profiles_waiting_idx: btree (updated_at) partial']),
    ('user_role_permissions', ARRAY[
        'user_role_permissions_permission_id_idx: btree (permission_id)']),
    ('user_sessions', ARRAY[
        'user_sessions_account_id_idx: btree (account_id)', 'user_sessions_expiry_idx: btree (expires_at) partial']),
    ('user_vendor_profiles', ARRAY[
        'user_vendor_profiles_waiting_idx: btree (updated_at) partial'])
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
FROM unnest(ARRAY['user_account_roles', 'user_accounts', 'user_hospital_profiles', 'user_permissions',
                  'user_profiles', 'user_role_permissions', 'user_roles', 'user_sessions', 'user_vendor_profiles']) AS name
JOIN pg_catalog.pg_index AS i ON i.indrelid = to_regclass(name)
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive);

-- Triggers, enabled.
SELECT format('trigger %s of %s should be "%s", and is %s', split_part(one, ': ', 1), wanted.relation,
              substr(one, strpos(one, ': ') + 2), coalesce('"' || found.definition || '"', 'missing')) AS problem
FROM (VALUES
    ('user_accounts', ARRAY[
        'user_accounts_touch: user_touch_updated_at']),
    ('user_hospital_profiles', ARRAY[
        'user_hospital_profiles_touch: user_touch_updated_at']),
    ('user_profiles', ARRAY[
        'user_profiles_touch: user_touch_updated_at']),
    ('user_vendor_profiles', ARRAY[
        'user_vendor_profiles_touch: user_touch_updated_at'])
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
    'user_has_permission(uuid,text)', 'user_touch_updated_at()']) AS name
WHERE name <> ALL (ARRAY(SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc AS p
                         WHERE p.proname = split_part(name, '(', 1)::name AND pg_function_is_visible(p.oid)));
