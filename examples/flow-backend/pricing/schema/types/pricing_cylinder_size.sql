-- What a cylinder holds; the inventory service counts by the same words.
DO $$
BEGIN
  CREATE TYPE pricing_cylinder_size AS ENUM ('small', 'medium', 'large', 'extra_large');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
