-- A cylinder's life is written down as it happens, and stays as written.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'inventory_cylinders'::regclass AND tgname = 'inventory_cylinders_stay_retired') THEN
    CREATE TRIGGER inventory_cylinders_stay_retired BEFORE UPDATE OF status ON inventory_cylinders
      FOR EACH ROW WHEN (OLD.status = 'retired' AND NEW.status <> 'retired')
      EXECUTE FUNCTION inventory_refuse_revival();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'inventory_cylinders'::regclass AND tgname = 'inventory_cylinders_record') THEN
    CREATE TRIGGER inventory_cylinders_record AFTER INSERT OR UPDATE OF status, location_id ON inventory_cylinders
      FOR EACH ROW EXECUTE FUNCTION inventory_record_cylinder_event();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'inventory_cylinder_events'::regclass
                   AND tgname = 'inventory_cylinder_events_append_only') THEN
    CREATE TRIGGER inventory_cylinder_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
      ON inventory_cylinder_events
      FOR EACH STATEMENT EXECUTE FUNCTION inventory_refuse_change();
  END IF;
END $$;
