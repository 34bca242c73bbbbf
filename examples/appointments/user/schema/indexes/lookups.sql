CREATE UNIQUE INDEX IF NOT EXISTS "IX_Users_Username" ON "Users" ("Username");
CREATE UNIQUE INDEX IF NOT EXISTS "IX_Users_Email" ON "Users" (lower("Email"));
CREATE INDEX IF NOT EXISTS "IX_Users_TenantId" ON "Users" ("TenantId");
