-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'location_places'::regclass AND tgname = 'location_places_touch') THEN
    CREATE TRIGGER location_places_touch BEFORE UPDATE ON location_places
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION location_touch_updated_at();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'location_service_areas'::regclass AND tgname = 'location_service_areas_touch') THEN
    CREATE TRIGGER location_service_areas_touch BEFORE UPDATE ON location_service_areas
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION location_touch_updated_at();
  END IF;
END $$;
