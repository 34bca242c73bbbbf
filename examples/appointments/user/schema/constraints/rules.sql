-- A user who offers appointments does so for a business.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = '"Users"'::regclass AND conname = 'CK_Users_ProviderHasTenant') THEN
    ALTER TABLE "Users" ADD CONSTRAINT "CK_Users_ProviderHasTenant"
      CHECK ("Role" <> 'Provider' OR "TenantId" IS NOT NULL);
  END IF;
END $$;
