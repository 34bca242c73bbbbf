CREATE INDEX IF NOT EXISTS "IX_Notifications_Due" ON "Notifications" ("SendAfter") WHERE "Status" = 'Pending';
CREATE INDEX IF NOT EXISTS "IX_Notifications_TemplateId" ON "Notifications" ("TemplateId");
CREATE INDEX IF NOT EXISTS "IX_Notifications_UserId_CreatedAt" ON "Notifications" ("UserId", "CreatedAt" DESC);
CREATE INDEX IF NOT EXISTS "IX_Notifications_AppointmentId" ON "Notifications" ("AppointmentId")
    WHERE "AppointmentId" IS NOT NULL;
