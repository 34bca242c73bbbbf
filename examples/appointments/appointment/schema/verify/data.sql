-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('Appointments: %s rows whose ServiceId is not in Services', count(*)) AS problem
FROM "Appointments" AS child
WHERE NOT EXISTS (SELECT FROM "Services" AS parent WHERE parent."Id" = child."ServiceId")
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('appointment %s is of tenant %s, its service of tenant %s', a."Id", a."TenantId", s."TenantId") AS problem
FROM "Appointments" AS a JOIN "Services" AS s ON s."Id" = a."ServiceId"
WHERE a."TenantId" <> s."TenantId";
