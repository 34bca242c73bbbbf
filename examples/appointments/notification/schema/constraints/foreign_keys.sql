-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = '"Notifications"'::regclass
                   AND conname = 'FK_Notifications_Templates_TemplateId') THEN
    ALTER TABLE "Notifications" ADD CONSTRAINT "FK_Notifications_Templates_TemplateId"
      FOREIGN KEY ("TemplateId") REFERENCES "Templates" ("Id");
  END IF;
END $$;
