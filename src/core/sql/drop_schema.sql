-- Drops a schema with all that is in it, and nothing else: what CASCADE would take from other schemas (a column of its
-- type, a foreign key to its table, a view of it) stops it. Counted before and after, in one transaction. One that isn't
-- there needs nothing.
DO $innkeeper$
DECLARE
  dropped oid := (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = @SCHEMA@);
  others text := $count$
    WITH kept AS (
      SELECT c.oid FROM pg_catalog.pg_class AS c
      WHERE c.relnamespace <> $1 AND c.oid >= 16384
        AND c.relnamespace <> (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'pg_toast'))
    SELECT (SELECT count(*) FROM kept)
      + (SELECT count(*) FROM pg_catalog.pg_attribute AS a JOIN kept ON kept.oid = a.attrelid
         WHERE NOT a.attisdropped)
      + (SELECT count(*) FROM pg_catalog.pg_attrdef AS a JOIN kept ON kept.oid = a.adrelid)
      + (SELECT count(*) FROM pg_catalog.pg_constraint AS o
         WHERE o.connamespace <> $1 AND o.contypid <> 0 OR o.conrelid IN (SELECT kept.oid FROM kept))
      + (SELECT count(*) FROM pg_catalog.pg_trigger AS t JOIN kept ON kept.oid = t.tgrelid WHERE NOT t.tgisinternal)
      + (SELECT count(*) FROM pg_catalog.pg_policy AS p JOIN kept ON kept.oid = p.polrelid)
      + (SELECT count(*) FROM pg_catalog.pg_rewrite AS r JOIN kept ON kept.oid = r.ev_class)
      + (SELECT count(*) FROM pg_catalog.pg_proc AS p WHERE p.pronamespace <> $1)
      + (SELECT count(*) FROM pg_catalog.pg_type AS t WHERE t.typnamespace <> $1 AND t.typrelid = 0
           AND t.typnamespace <> (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'pg_toast'))
      + (SELECT count(*) FROM pg_catalog.pg_operator AS o WHERE o.oprnamespace <> $1)
      + (SELECT count(*) FROM pg_catalog.pg_extension)
  $count$;
  before bigint;
  after bigint;
BEGIN
  IF dropped IS NULL THEN RETURN; END IF;
  EXECUTE others INTO before USING dropped;
  EXECUTE format('DROP SCHEMA %I CASCADE', @SCHEMA@);
  EXECUTE others INTO after USING dropped;
  IF before <> after THEN
    RAISE EXCEPTION 'objects outside of schema % depend on what is in it', @SCHEMA@
      USING ERRCODE = 'dependent_objects_still_exist',
            HINT = 'DROP SCHEMA without CASCADE, in a transaction that is rolled back, names them.';
  END IF;
END
$innkeeper$;
