-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('inventory_cylinder_events: %s rows whose cylinder_id'
              ' is not in inventory_cylinders', count(*))
    AS problem
FROM inventory_cylinder_events AS child
WHERE NOT EXISTS (SELECT FROM inventory_cylinders AS parent WHERE parent.id = child.cylinder_id)
HAVING count(*) > 0;

SELECT format('inventory_cylinder_events: %s rows whose location_id'
              ' is not in inventory_locations', count(*))
    AS problem
FROM inventory_cylinder_events AS child
WHERE child.location_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM inventory_locations AS parent WHERE parent.id = child.location_id)
HAVING count(*) > 0;

SELECT format('inventory_cylinders: %s rows whose location_id is not in inventory_locations', count(*)) AS problem
FROM inventory_cylinders AS child
WHERE child.location_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM inventory_locations AS parent WHERE parent.id = child.location_id)
HAVING count(*) > 0;

SELECT format('inventory_maintenance_records: %s rows whose cylinder_id'
              ' is not in inventory_cylinders', count(*))
    AS problem
FROM inventory_maintenance_records AS child
WHERE NOT EXISTS (SELECT FROM inventory_cylinders AS parent WHERE parent.id = child.cylinder_id)
HAVING count(*) > 0;

SELECT format('inventory_quality_checks: %s rows whose cylinder_id is not in inventory_cylinders', count(*)) AS problem
FROM inventory_quality_checks AS child
WHERE NOT EXISTS (SELECT FROM inventory_cylinders AS parent WHERE parent.id = child.cylinder_id)
HAVING count(*) > 0;

SELECT format('inventory_stock: %s rows whose location_id is not in inventory_locations', count(*)) AS problem
FROM inventory_stock AS child
WHERE NOT EXISTS (SELECT FROM inventory_locations AS parent WHERE parent.id = child.location_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('cylinder %s is %s, and its last event says %s', c.serial_number, c.status,
              coalesce(last.to_status::text, 'nothing')) AS problem
FROM inventory_cylinders AS c
LEFT JOIN LATERAL (
    SELECT e.to_status FROM inventory_cylinder_events AS e
    WHERE e.cylinder_id = c.id AND e.kind IN ('registered', 'status_changed')
    ORDER BY e.id DESC LIMIT 1) AS last ON true
WHERE c.status IS DISTINCT FROM last.to_status;

SELECT format('cylinder %s is %s, and its last quality check failed', c.serial_number, c.status) AS problem
FROM inventory_cylinders AS c
CROSS JOIN LATERAL (
    SELECT q.result FROM inventory_quality_checks AS q WHERE q.cylinder_id = c.id ORDER BY q.checked_at DESC LIMIT 1)
    AS last
WHERE last.result = 'failed' AND c.status IN ('full', 'reserved', 'in_transit', 'in_use');
