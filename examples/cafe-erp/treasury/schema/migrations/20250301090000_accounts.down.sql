DROP TABLE accounts;
DROP FUNCTION treasury_touch_updated_at();
