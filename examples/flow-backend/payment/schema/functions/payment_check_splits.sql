-- The parts of a payment sum up to the whole; splits come one by one, so it is judged at the end of the transaction.
CREATE OR REPLACE FUNCTION payment_check_splits() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  wanted uuid;
  whole bigint;
  parts bigint;
BEGIN
  -- One statement may have moved a part from one payment to another: both are looked at.
  FOREACH wanted IN ARRAY CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.payment_id]
                                     WHEN 'DELETE' THEN ARRAY[OLD.payment_id]
                                     ELSE ARRAY[OLD.payment_id, NEW.payment_id] END LOOP
    SELECT p.amount_minor INTO whole FROM payment_payments AS p WHERE p.id = wanted;
    SELECT sum(s.amount_minor) INTO parts FROM payment_splits AS s WHERE s.payment_id = wanted;
    IF parts <> whole THEN
      RAISE EXCEPTION 'the splits of payment % sum up to %, not to %', wanted, parts, whole
        USING ERRCODE = 'check_violation';
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
