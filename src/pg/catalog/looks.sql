-- What the registry notes of looks inside databases, and the estates with a run that is under way or was cut off. Read
-- only after registry_owner.sql.
SELECT database::bigint, wanted, found, greatest(0, extract(epoch FROM clock_timestamp() - looked_at))::bigint
FROM innkeeper.look;

SELECT DISTINCT estate FROM innkeeper.run WHERE finished_at IS NULL;
