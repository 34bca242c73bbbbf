-- A delivery, as the customer sees it.
DO $$
BEGIN
  CREATE TYPE order_delivery_status AS ENUM ('scheduled', 'on_the_way', 'delivered', 'failed');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
