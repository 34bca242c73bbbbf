-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = '"Users"'::regclass AND conname = 'FK_Users_Tenants_TenantId') THEN
    ALTER TABLE "Users" ADD CONSTRAINT "FK_Users_Tenants_TenantId"
      FOREIGN KEY ("TenantId") REFERENCES "Tenants" ("Id");
  END IF;
END $$;
