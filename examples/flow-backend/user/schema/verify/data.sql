-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('user_account_roles: %s rows whose account_id is not in user_accounts', count(*)) AS problem
FROM user_account_roles AS child
WHERE NOT EXISTS (SELECT FROM user_accounts AS parent WHERE parent.id = child.account_id)
HAVING count(*) > 0;

SELECT format('user_account_roles: %s rows whose granted_by is not in user_accounts', count(*)) AS problem
FROM user_account_roles AS child
WHERE child.granted_by IS NOT NULL AND NOT EXISTS (
    SELECT FROM user_accounts AS parent WHERE parent.id = child.granted_by)
HAVING count(*) > 0;

SELECT format('user_account_roles: %s rows whose role_id is not in user_roles', count(*)) AS problem
FROM user_account_roles AS child
WHERE NOT EXISTS (SELECT FROM user_roles AS parent WHERE parent.id = child.role_id)
HAVING count(*) > 0;

SELECT format('user_hospital_profiles: %s rows whose account_id is not in user_accounts', count(*)) AS problem
FROM user_hospital_profiles AS child
WHERE NOT EXISTS (SELECT FROM user_accounts AS parent WHERE parent.id = child.account_id)
HAVING count(*) > 0;

SELECT format('user_profiles: %s rows whose account_id is not in user_accounts', count(*)) AS problem
FROM user_profiles AS child
WHERE NOT EXISTS (SELECT FROM user_accounts AS parent WHERE parent.id = child.account_id)
HAVING count(*) > 0;

SELECT format('user_role_permissions: %s rows whose permission_id is not in user_permissions', count(*)) AS problem
FROM user_role_permissions AS child
WHERE NOT EXISTS (SELECT FROM user_permissions AS parent WHERE parent.id = child.permission_id)
HAVING count(*) > 0;

SELECT format('user_role_permissions: %s rows whose role_id is not in user_roles', count(*)) AS problem
FROM user_role_permissions AS child
WHERE NOT EXISTS (SELECT FROM user_roles AS parent WHERE parent.id = child.role_id)
HAVING count(*) > 0;

SELECT format('user_sessions: %s rows whose account_id is not in user_accounts', count(*)) AS problem
FROM user_sessions AS child
WHERE NOT EXISTS (SELECT FROM user_accounts AS parent WHERE parent.id = child.account_id)
HAVING count(*) > 0;

SELECT format('user_vendor_profiles: %s rows whose account_id is not in user_accounts', count(*)) AS problem
FROM user_vendor_profiles AS child
WHERE NOT EXISTS (SELECT FROM user_accounts AS parent WHERE parent.id = child.account_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('account %s is a %s without a profile of that kind', a.id, a.kind) AS problem
FROM user_accounts AS a
WHERE a.status = 'active'
  AND (a.kind = 'vendor' AND NOT EXISTS (SELECT FROM user_vendor_profiles AS v WHERE v.account_id = a.id)
       OR a.kind = 'hospital' AND NOT EXISTS (SELECT FROM user_hospital_profiles AS h WHERE h.account_id = a.id));

SELECT format('role %s, which the code relies on, is missing', wanted.code) AS problem
FROM unnest(ARRAY['customer', 'vendor', 'hospital', 'courier', 'administrator']) AS wanted (code)
WHERE NOT EXISTS (SELECT FROM user_roles AS r WHERE r.code = wanted.code);
