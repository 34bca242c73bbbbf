-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('Users: %s rows whose TenantId is not in Tenants', count(*)) AS problem
FROM "Users" AS child
WHERE child."TenantId" IS NOT NULL AND NOT EXISTS (
    SELECT FROM "Tenants" AS parent WHERE parent."Id" = child."TenantId")
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('user %s says to be updated before it was created', "Username") AS problem
FROM "Users"
WHERE "UpdatedAt" < "CreatedAt";
