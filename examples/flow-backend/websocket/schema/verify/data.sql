-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('websocket_subscriptions: %s rows whose connection_id'
              ' is not in websocket_connections', count(*))
    AS problem
FROM websocket_subscriptions AS child
WHERE NOT EXISTS (SELECT FROM websocket_connections AS parent WHERE parent.id = child.connection_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('connection %s is %s, and still has subscriptions', c.id, c.state) AS problem
FROM websocket_connections AS c
WHERE c.state <> 'open' AND EXISTS (SELECT FROM websocket_subscriptions AS s WHERE s.connection_id = c.id);
