-- Lines come one by one, so the sum can only be judged at the end of the transaction: deferred triggers.
CREATE FUNCTION treasury_check_balance(wanted_entry bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  unbalanced record;
BEGIN
  -- One that the same transaction took away again needs no lines.
  IF NOT EXISTS (SELECT FROM journal_entries WHERE id = wanted_entry) THEN
    RETURN;
  END IF;
  IF (SELECT count(*) FROM journal_lines WHERE entry_id = wanted_entry) < 2 THEN
    RAISE EXCEPTION 'journal entry % has fewer than two lines', wanted_entry USING ERRCODE = 'check_violation';
  END IF;
  SELECT a.currency, sum(l.amount) AS amount INTO unbalanced
  FROM journal_lines AS l JOIN accounts AS a ON a.id = l.account_id
  WHERE l.entry_id = wanted_entry
  GROUP BY a.currency HAVING sum(l.amount) <> 0
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal entry % does not balance: % % remain', wanted_entry, unbalanced.amount, unbalanced.currency
      USING ERRCODE = 'check_violation';
  END IF;
END $$;

CREATE FUNCTION treasury_entry_changed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM treasury_check_balance(NEW.id);
  RETURN NULL;
END $$;

CREATE FUNCTION treasury_line_changed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM treasury_check_balance(OLD.entry_id);
  END IF;
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.entry_id <> OLD.entry_id) THEN
    PERFORM treasury_check_balance(NEW.entry_id);
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER journal_entries_balance AFTER INSERT ON journal_entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION treasury_entry_changed();
CREATE CONSTRAINT TRIGGER journal_lines_balance AFTER INSERT OR UPDATE OR DELETE ON journal_lines
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION treasury_line_changed();
