-- Where a cylinder is in its life.
DO $$
BEGIN
  CREATE TYPE inventory_cylinder_status AS ENUM (
    'empty', 'filling', 'full', 'reserved', 'in_transit', 'in_use', 'maintenance', 'retired');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
