-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('order_events: %s rows whose order_id is not in orders', count(*)) AS problem
FROM order_events AS child
WHERE NOT EXISTS (SELECT FROM orders AS parent WHERE parent.order_id = child.order_id)
HAVING count(*) > 0;

SELECT format('order_items: %s rows whose order_id is not in orders', count(*)) AS problem
FROM order_items AS child
WHERE NOT EXISTS (SELECT FROM orders AS parent WHERE parent.order_id = child.order_id)
HAVING count(*) > 0;

SELECT format('order_outbox: %s rows whose order_id is not in orders', count(*)) AS problem
FROM order_outbox AS child
WHERE NOT EXISTS (SELECT FROM orders AS parent WHERE parent.order_id = child.order_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('order %s has no items', o.order_id) AS problem
FROM orders AS o
WHERE o.source = 'live' AND NOT EXISTS (SELECT FROM order_items AS i WHERE i.order_id = o.order_id);

SELECT format('order %s is %s, and its last event says %s', o.order_id, o.status, coalesce(last.to_status, 'nothing'))
    AS problem
FROM orders AS o
LEFT JOIN LATERAL (SELECT e.to_status FROM order_events AS e WHERE e.order_id = o.order_id ORDER BY e.id DESC LIMIT 1)
    AS last ON true
WHERE o.source = 'live' AND o.status IS DISTINCT FROM last.to_status;

SELECT format('order %s: its total is %s, its items and shipping cost %s', o.order_id, o.total_amount,
              o.shipping_cost + sum((i.cost_units + i.cost_nanos * 0.000000001) * i.quantity)) AS problem
FROM orders AS o JOIN order_items AS i ON i.order_id = o.order_id
WHERE o.source = 'live'
GROUP BY o.id
HAVING o.total_amount <> o.shipping_cost + sum((i.cost_units + i.cost_nanos * 0.000000001) * i.quantity);

-- A role in use that may change what happened.
SELECT format('%s holds %s on order_events', coalesce(r.rolname, 'PUBLIC'), a.privilege_type) AS problem
FROM pg_catalog.pg_class AS c
CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) AS a
LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
WHERE c.oid = to_regclass('order_events') AND a.grantee <> c.relowner
  AND a.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE');
