-- An order, from the request to the empty cylinder's return.
DO $$
BEGIN
  CREATE TYPE order_status AS ENUM (
    'placed', 'accepted', 'preparing', 'dispatched', 'delivered', 'cancelled', 'returned');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
