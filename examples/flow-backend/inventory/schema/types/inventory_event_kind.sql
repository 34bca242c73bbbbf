-- What can happen to a cylinder.
DO $$
BEGIN
  CREATE TYPE inventory_event_kind AS ENUM ('registered', 'status_changed', 'moved', 'quality_checked', 'maintained');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
