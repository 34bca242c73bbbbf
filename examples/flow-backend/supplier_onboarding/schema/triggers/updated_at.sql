-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'supplier_onboarding_applications'::regclass
                   AND tgname = 'supplier_onboarding_applications_touch') THEN
    CREATE TRIGGER supplier_onboarding_applications_touch BEFORE UPDATE ON supplier_onboarding_applications
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION supplier_onboarding_touch_updated_at();
  END IF;
END $$;
