-- A retired cylinder stays retired: it may no longer hold pressure.
CREATE OR REPLACE FUNCTION inventory_refuse_revival() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'cylinder % is retired', OLD.serial_number USING ERRCODE = 'check_violation';
END $$;
