-- What a cylinder holds.
DO $$
BEGIN
  CREATE TYPE inventory_cylinder_size AS ENUM ('small', 'medium', 'large', 'extra_large');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
