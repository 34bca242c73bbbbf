-- What the shared catalog pg_shdepend tells of the inside of each database, as one document. It names the roles that own
-- something or appear in its ACL, but for those that initdb made, and neither PUBLIC nor which privileges. The digest is
-- of kinds that only provisioning touches: schemas, default privileges, extensions, languages, wrappers, foreign
-- servers, event triggers, publications. Of the rest, which services change every day, there are counts.
SELECT json_agg(json_build_array(database::bigint, provisioned, holders))::text
FROM (
  SELECT dbid AS database,
         coalesce(pg_catalog.md5(string_agg(digested, ' ' ORDER BY digested) FILTER (WHERE digested <> '')), ''),
         json_agg(json_build_array(refobjid::bigint, owned, holds))
  FROM (
    SELECT dbid, refobjid, count(*) FILTER (WHERE deptype = 'o') AS owned,
           count(*) FILTER (WHERE deptype <> 'o') > 0 AS holds,
           coalesce(string_agg(concat_ws(',', classid, objid, refobjid, deptype), ' ' ORDER BY classid, objid, deptype)
                      FILTER (WHERE classid IN (2615, 826, 3079, 2612, 2328, 1417, 3466, 6104)), '') AS digested
    FROM pg_catalog.pg_shdepend
    WHERE dbid <> 0 AND refclassid = 1260
    GROUP BY dbid, refobjid
  ) AS one
  GROUP BY dbid
) AS every (database, provisioned, holders);
