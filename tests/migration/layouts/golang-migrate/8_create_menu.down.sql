BEGIN;
drop table menu;
COMMIT;
