-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('notification_messages: %s rows whose template_id is not in notification_templates', count(*)) AS problem
FROM notification_messages AS child
WHERE NOT EXISTS (SELECT FROM notification_templates AS parent WHERE parent.id = child.template_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('message %s goes by %s, its template is for %s', m.id, m.channel, t.channel) AS problem
FROM notification_messages AS m JOIN notification_templates AS t ON t.id = m.template_id
WHERE m.channel <> t.channel;
