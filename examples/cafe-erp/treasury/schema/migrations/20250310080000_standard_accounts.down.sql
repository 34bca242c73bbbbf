-- Those that were booked on, or that others hang below, stay.
DELETE FROM accounts AS a
WHERE a.code IN ('1000', '1200', '1400', '3300', '2000', '4000', '5000', '6000')
  AND NOT EXISTS (SELECT FROM journal_lines AS l WHERE l.account_id = a.id)
  AND NOT EXISTS (SELECT FROM accounts AS below WHERE below.parent_id = a.id);
