-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = '"Services"'::regclass AND tgname = 'TR_Services_UpdatedAt') THEN
    CREATE TRIGGER "TR_Services_UpdatedAt" BEFORE UPDATE ON "Services"
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION appointment_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = '"Appointments"'::regclass AND tgname = 'TR_Appointments_UpdatedAt') THEN
    CREATE TRIGGER "TR_Appointments_UpdatedAt" BEFORE UPDATE ON "Appointments"
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION appointment_touch_updated_at();
  END IF;
END $$;
