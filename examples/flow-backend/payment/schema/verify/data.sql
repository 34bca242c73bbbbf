-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('payment_paystack_transactions: %s rows whose payment_id'
              ' is not in payment_payments', count(*))
    AS problem
FROM payment_paystack_transactions AS child
WHERE NOT EXISTS (SELECT FROM payment_payments AS parent WHERE parent.id = child.payment_id)
HAVING count(*) > 0;

SELECT format('payment_splits: %s rows whose payment_id is not in payment_payments', count(*)) AS problem
FROM payment_splits AS child
WHERE NOT EXISTS (SELECT FROM payment_payments AS parent WHERE parent.id = child.payment_id)
HAVING count(*) > 0;

SELECT format('payment_webhooks: %s rows whose payment_id is not in payment_payments', count(*)) AS problem
FROM payment_webhooks AS child
WHERE child.payment_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM payment_payments AS parent WHERE parent.id = child.payment_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('payment %s: its splits sum up to %s of %s', p.reference, sum(s.amount_minor), p.amount_minor) AS problem
FROM payment_payments AS p JOIN payment_splits AS s ON s.payment_id = p.id
GROUP BY p.id HAVING sum(s.amount_minor) <> p.amount_minor;
