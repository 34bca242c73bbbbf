-- innkeeper: requires structure.sql
-- What no constraint can say.
SELECT format('setting %s, which the code relies on, is missing', wanted.key) AS problem
FROM unnest(ARRAY['platform.currency', 'platform.commission_percent', 'order.emergency_minutes']) AS wanted (key)
WHERE NOT EXISTS (SELECT FROM admin_settings AS s WHERE s.key = wanted.key);
