-- Why stock changed.
DO $$
BEGIN
  CREATE TYPE stock_movement_kind AS ENUM ('receipt', 'issue', 'adjustment', 'supplier_return');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
