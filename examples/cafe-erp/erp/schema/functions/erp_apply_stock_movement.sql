-- Adds a movement to its product's level. What would go below zero fails, and the movement with it.
CREATE OR REPLACE FUNCTION erp_apply_stock_movement() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  -- Two steps: ON CONFLICT would judge the new row first, and a negative one never gets as far as the old.
  INSERT INTO stock_levels (product_id, quantity) VALUES (NEW.product_id, 0) ON CONFLICT (product_id) DO NOTHING;
  UPDATE stock_levels SET quantity = quantity + NEW.quantity, updated_at = now() WHERE product_id = NEW.product_id;
  RETURN NULL;
END $$;
