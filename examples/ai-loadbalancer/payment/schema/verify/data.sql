-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('refunds: %s rows whose payment_id is not in payments', count(*)) AS problem
FROM refunds AS child
WHERE NOT EXISTS (SELECT FROM payments AS parent WHERE parent.id = child.payment_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('payment %s: %s were refunded of %s', p.id, sum(r.amount), p.amount) AS problem
FROM payments AS p JOIN refunds AS r ON r.payment_id = p.id
GROUP BY p.id HAVING sum(r.amount) > p.amount;
