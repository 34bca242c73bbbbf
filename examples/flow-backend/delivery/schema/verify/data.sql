-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('delivery_jobs: %s rows whose courier_id is not in delivery_couriers', count(*)) AS problem
FROM delivery_jobs AS child
WHERE child.courier_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM delivery_couriers AS parent WHERE parent.id = child.courier_id)
HAVING count(*) > 0;

SELECT format('delivery_positions: %s rows whose job_id is not in delivery_jobs', count(*)) AS problem
FROM delivery_positions AS child
WHERE NOT EXISTS (SELECT FROM delivery_jobs AS parent WHERE parent.id = child.job_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('courier %s is available, and has job %s under way', c.id, j.id) AS problem
FROM delivery_couriers AS c JOIN delivery_jobs AS j ON j.courier_id = c.id
WHERE c.status = 'available' AND j.status = 'picked_up';
