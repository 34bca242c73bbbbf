-- Writes a cylinder's life down, so that no application forgets to.
CREATE OR REPLACE FUNCTION inventory_record_cylinder_event() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO inventory_cylinder_events (cylinder_id, kind, to_status, location_id)
    VALUES (NEW.id, 'registered', NEW.status, NEW.location_id);
    RETURN NULL;
  END IF;
  IF NEW.status <> OLD.status THEN
    INSERT INTO inventory_cylinder_events (cylinder_id, kind, from_status, to_status, location_id)
    VALUES (NEW.id, 'status_changed', OLD.status, NEW.status, NEW.location_id);
  END IF;
  IF NEW.location_id IS DISTINCT FROM OLD.location_id THEN
    INSERT INTO inventory_cylinder_events (cylinder_id, kind, location_id, detail)
    VALUES (NEW.id, 'moved', NEW.location_id, jsonb_build_object('from', OLD.location_id));
  END IF;
  RETURN NULL;
END $$;
