CREATE UNIQUE INDEX IF NOT EXISTS user_accounts_email_key ON user_accounts (lower(email));
CREATE INDEX IF NOT EXISTS user_accounts_kind_idx ON user_accounts (kind, created_at DESC);
CREATE INDEX IF NOT EXISTS user_sessions_account_id_idx ON user_sessions (account_id);
CREATE INDEX IF NOT EXISTS user_sessions_expiry_idx ON user_sessions (expires_at) WHERE revoked_at IS NULL;
CREATE INDEX IF NOT EXISTS user_vendor_profiles_waiting_idx ON user_vendor_profiles (updated_at)
    WHERE verification = 'submitted';
CREATE INDEX IF NOT EXISTS user_hospital_profiles_waiting_idx ON user_hospital_profiles (updated_at)
    WHERE verification = 'submitted';
CREATE INDEX IF NOT EXISTS user_role_permissions_permission_id_idx ON user_role_permissions (permission_id);
CREATE INDEX IF NOT EXISTS user_account_roles_role_id_idx ON user_account_roles (role_id);
CREATE INDEX IF NOT EXISTS user_account_roles_granted_by_idx ON user_account_roles (granted_by)
    WHERE granted_by IS NOT NULL;
