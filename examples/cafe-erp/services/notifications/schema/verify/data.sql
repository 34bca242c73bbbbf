-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('deliveries: %s rows whose outbox_id is not in outbox', count(*)) AS problem
FROM deliveries AS child
WHERE NOT EXISTS (SELECT FROM outbox AS parent WHERE parent.id = child.outbox_id)
HAVING count(*) > 0;

SELECT format('outbox: %s rows whose template_id is not in templates', count(*)) AS problem
FROM outbox AS child
WHERE NOT EXISTS (SELECT FROM templates AS parent WHERE parent.id = child.template_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('message %s is sent, but no delivery was accepted', o.id) AS problem
FROM outbox AS o
WHERE o.status = 'sent' AND NOT EXISTS (SELECT FROM deliveries AS d WHERE d.outbox_id = o.id AND d.is_accepted);
