-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('addresses: %s rows whose user_id is not in users', count(*)) AS problem
FROM addresses AS child
WHERE NOT EXISTS (SELECT FROM users AS parent WHERE parent.id = child.user_id)
HAVING count(*) > 0;
