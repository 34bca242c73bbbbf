-- Revert cafe:menu from pg

BEGIN;

drop table menu;

COMMIT;
