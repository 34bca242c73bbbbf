CREATE INDEX IF NOT EXISTS "IX_Appointments_TenantId_StartsAt" ON "Appointments" ("TenantId", "StartsAt");
CREATE INDEX IF NOT EXISTS "IX_Appointments_CustomerId_StartsAt" ON "Appointments" ("CustomerId", "StartsAt" DESC);
CREATE INDEX IF NOT EXISTS "IX_Appointments_ServiceId" ON "Appointments" ("ServiceId");
