-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = '"Appointments"'::regclass AND conname = 'FK_Appointments_Services_ServiceId') THEN
    ALTER TABLE "Appointments" ADD CONSTRAINT "FK_Appointments_Services_ServiceId"
      FOREIGN KEY ("ServiceId") REFERENCES "Services" ("Id");
  END IF;
END $$;
