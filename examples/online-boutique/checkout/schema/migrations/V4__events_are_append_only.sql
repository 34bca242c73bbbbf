-- innkeeper: up
-- Two fences. Whoever got more than SELECT and INSERT through default privileges loses it, under whatever name; and a
-- trigger stops even the owner, until the owner takes it away.
DO $$
DECLARE
  held record;
BEGIN
  FOR held IN
    SELECT r.rolname AS grantee, string_agg(DISTINCT a.privilege_type, ', ') AS privileges
    FROM pg_catalog.pg_class AS c
    CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) AS a
    JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
    WHERE c.oid = 'order_events'::regclass AND a.grantee <> c.relowner
      AND a.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')
    GROUP BY r.rolname
  LOOP
    EXECUTE format('REVOKE %s ON order_events FROM %I', held.privileges, held.grantee);
  END LOOP;
END $$;

CREATE FUNCTION checkout_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER order_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON order_events
    FOR EACH STATEMENT EXECUTE FUNCTION checkout_refuse_change();

-- innkeeper: down
-- The privileges come back where INSERT shows that default privileges gave them.
DROP TRIGGER order_events_append_only ON order_events;
DROP FUNCTION checkout_refuse_change();
DO $$
DECLARE
  writer name;
BEGIN
  FOR writer IN
    SELECT r.rolname
    FROM pg_catalog.pg_class AS c
    CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) AS a
    JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
    WHERE c.oid = 'order_events'::regclass AND a.grantee <> c.relowner AND a.privilege_type = 'INSERT'
  LOOP
    EXECUTE format('GRANT UPDATE, DELETE ON order_events TO %I', writer);
  END LOOP;
END $$;
