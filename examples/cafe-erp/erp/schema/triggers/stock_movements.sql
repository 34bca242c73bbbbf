-- Movements are only ever added, and each changes its product's level.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'stock_movements'::regclass AND tgname = 'stock_movements_apply') THEN
    CREATE TRIGGER stock_movements_apply AFTER INSERT ON stock_movements
      FOR EACH ROW EXECUTE FUNCTION erp_apply_stock_movement();
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'stock_movements'::regclass AND tgname = 'stock_movements_append_only') THEN
    CREATE TRIGGER stock_movements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_movements
      FOR EACH STATEMENT EXECUTE FUNCTION erp_refuse_change();
  END IF;
END $$;
