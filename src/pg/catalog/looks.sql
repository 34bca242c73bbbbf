-- What the registry notes of looks inside databases. Read only after registry_owner.sql.
SELECT database::bigint, wanted, found, greatest(0, extract(epoch FROM clock_timestamp() - looked_at))::bigint
FROM innkeeper.look;
