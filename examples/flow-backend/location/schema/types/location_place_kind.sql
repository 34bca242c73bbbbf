-- What stands somewhere.
DO $$
BEGIN
  CREATE TYPE location_place_kind AS ENUM ('depot', 'shop', 'hospital', 'filling_station', 'address');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
