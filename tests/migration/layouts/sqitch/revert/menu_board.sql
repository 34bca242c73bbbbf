-- Revert cafe:menu_board from pg

BEGIN;

drop view menu_board;

COMMIT;
