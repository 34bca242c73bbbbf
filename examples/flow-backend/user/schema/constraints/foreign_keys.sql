-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'user_profiles'::regclass AND conname = 'user_profiles_account_fk') THEN
    ALTER TABLE user_profiles ADD CONSTRAINT user_profiles_account_fk
      FOREIGN KEY (account_id) REFERENCES user_accounts (id) ON DELETE CASCADE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'user_sessions'::regclass AND conname = 'user_sessions_account_fk') THEN
    ALTER TABLE user_sessions ADD CONSTRAINT user_sessions_account_fk
      FOREIGN KEY (account_id) REFERENCES user_accounts (id) ON DELETE CASCADE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'user_vendor_profiles'::regclass
                   AND conname = 'user_vendor_profiles_account_fk') THEN
    ALTER TABLE user_vendor_profiles ADD CONSTRAINT user_vendor_profiles_account_fk
      FOREIGN KEY (account_id) REFERENCES user_accounts (id) ON DELETE CASCADE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'user_hospital_profiles'::regclass
                   AND conname = 'user_hospital_profiles_account_fk') THEN
    ALTER TABLE user_hospital_profiles ADD CONSTRAINT user_hospital_profiles_account_fk
      FOREIGN KEY (account_id) REFERENCES user_accounts (id) ON DELETE CASCADE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'user_role_permissions'::regclass AND conname = 'user_role_permissions_role_fk') THEN
    ALTER TABLE user_role_permissions ADD CONSTRAINT user_role_permissions_role_fk
      FOREIGN KEY (role_id) REFERENCES user_roles (id) ON DELETE CASCADE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'user_role_permissions'::regclass
                   AND conname = 'user_role_permissions_permission_fk') THEN
    ALTER TABLE user_role_permissions ADD CONSTRAINT user_role_permissions_permission_fk
      FOREIGN KEY (permission_id) REFERENCES user_permissions (id) ON DELETE CASCADE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'user_account_roles'::regclass AND conname = 'user_account_roles_account_fk') THEN
    ALTER TABLE user_account_roles ADD CONSTRAINT user_account_roles_account_fk
      FOREIGN KEY (account_id) REFERENCES user_accounts (id) ON DELETE CASCADE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'user_account_roles'::regclass AND conname = 'user_account_roles_role_fk') THEN
    ALTER TABLE user_account_roles ADD CONSTRAINT user_account_roles_role_fk
      FOREIGN KEY (role_id) REFERENCES user_roles (id);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'user_account_roles'::regclass AND conname = 'user_account_roles_granted_by_fk') THEN
    ALTER TABLE user_account_roles ADD CONSTRAINT user_account_roles_granted_by_fk
      FOREIGN KEY (granted_by) REFERENCES user_accounts (id) ON DELETE SET NULL;
  END IF;
END $$;
