-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('accounts: %s rows whose parent_id is not in accounts', count(*)) AS problem
FROM accounts AS child
WHERE child.parent_id IS NOT NULL AND NOT EXISTS (SELECT FROM accounts AS parent WHERE parent.id = child.parent_id)
HAVING count(*) > 0;

SELECT format('journal_entries: %s rows whose reversal_of is not in journal_entries', count(*)) AS problem
FROM journal_entries AS child
WHERE child.reversal_of IS NOT NULL AND NOT EXISTS (
    SELECT FROM journal_entries AS parent WHERE parent.id = child.reversal_of)
HAVING count(*) > 0;

SELECT format('journal_lines: %s rows whose account_id is not in accounts', count(*)) AS problem
FROM journal_lines AS child
WHERE NOT EXISTS (SELECT FROM accounts AS parent WHERE parent.id = child.account_id)
HAVING count(*) > 0;

SELECT format('journal_lines: %s rows whose entry_id is not in journal_entries', count(*)) AS problem
FROM journal_lines AS child
WHERE NOT EXISTS (SELECT FROM journal_entries AS parent WHERE parent.id = child.entry_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('journal entry %s does not balance: %s %s remain', l.entry_id, sum(l.amount), a.currency) AS problem
FROM journal_lines AS l JOIN accounts AS a ON a.id = l.account_id
GROUP BY l.entry_id, a.currency HAVING sum(l.amount) <> 0;

SELECT format('journal entry %s has fewer than two lines', e.id) AS problem
FROM journal_entries AS e LEFT JOIN journal_lines AS l ON l.entry_id = e.id
GROUP BY e.id HAVING count(l.id) < 2;
