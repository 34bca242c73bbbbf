-- A purchase order, from draft to delivery.
DO $$
BEGIN
  CREATE TYPE purchase_order_status AS ENUM ('draft', 'sent', 'confirmed', 'received', 'cancelled');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
