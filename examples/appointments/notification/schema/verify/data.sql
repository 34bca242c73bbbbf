-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('Notifications: %s rows whose TemplateId is not in Templates', count(*)) AS problem
FROM "Notifications" AS child
WHERE NOT EXISTS (SELECT FROM "Templates" AS parent WHERE parent."Id" = child."TemplateId")
HAVING count(*) > 0;
