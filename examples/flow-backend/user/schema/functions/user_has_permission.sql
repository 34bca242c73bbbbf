-- Whether an account that is active holds a permission through one of its roles.
CREATE OR REPLACE FUNCTION user_has_permission(wanted_account uuid, wanted_permission text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
  SELECT EXISTS (
    SELECT FROM user_accounts AS a
    JOIN user_account_roles AS ar ON ar.account_id = a.id
    JOIN user_role_permissions AS rp ON rp.role_id = ar.role_id
    JOIN user_permissions AS p ON p.id = rp.permission_id
    WHERE a.id = wanted_account AND a.status = 'active' AND p.code = wanted_permission);
$$;
