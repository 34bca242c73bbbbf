-- What only the proof asks of the server: one row.
SELECT json_build_object(
  'ages', (
    SELECT json_agg(json_build_array(d.datname, pg_catalog.age(d.datfrozenxid), pg_catalog.mxid_age(d.datminmxid)))
    FROM pg_catalog.pg_database AS d),
  'in_templates', (
    -- pg_shdepend tells of the objects in every database, which need not be entered: a session in template1 would be in
    -- the way of whoever makes a database. Pinned roles, such as initdb's, are not in it.
    SELECT json_agg(json_build_array(o.datname, pg_catalog.pg_get_userbyid(o.refobjid), o.objects))
    FROM (SELECT d.datname, s.refobjid, count(*) AS objects
          FROM pg_catalog.pg_shdepend AS s
          JOIN pg_catalog.pg_database AS d ON d.oid = s.dbid
          WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND s.deptype IN ('o', 'a')
            AND (d.datistemplate OR d.datname = 'template1')
          GROUP BY d.datname, s.refobjid) AS o),
  'prepared', (
    SELECT json_agg(json_build_array(p.gid, p.owner, p.database)) FROM pg_catalog.pg_prepared_xacts AS p),
  'slots', (
    SELECT json_agg(json_build_array(s.slot_name, s.slot_type, s.database, s.active))
    FROM pg_catalog.pg_replication_slots AS s
    WHERE NOT s.temporary),
  'subscriptions', (
    SELECT json_agg(json_build_array(s.subname, d.datname, pg_catalog.pg_get_userbyid(s.subowner)))
    FROM pg_catalog.pg_subscription AS s
    JOIN pg_catalog.pg_database AS d ON d.oid = s.subdbid),
  'tablespaces', (
    SELECT json_agg(json_build_array(t.spcname, pg_catalog.pg_get_userbyid(t.spcowner), t.spcacl::text))
    FROM pg_catalog.pg_tablespace AS t
    WHERE t.spcacl IS NOT NULL),
  'long_transactions', (
    SELECT json_agg(json_build_array(a.pid, a.datname, a.usename,
                                     extract(epoch FROM pg_catalog.now() - a.xact_start)::bigint))
    FROM pg_catalog.pg_stat_activity AS a
    WHERE a.backend_type = 'client backend' AND a.datname IS NOT NULL
      AND a.xact_start < pg_catalog.now() - interval '1 hour'),
  'lock_holders', (
    SELECT json_agg(json_build_array(l.pid, a.datname, a.usename, l.locks))
    FROM (SELECT pid, count(*) AS locks FROM pg_catalog.pg_locks GROUP BY pid HAVING count(*) >= 1000) AS l
    JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
    WHERE a.datname IS NOT NULL AND a.usename IS NOT NULL),
  'notification_queue', pg_catalog.pg_notification_queue_usage()
)::text;
