-- Revert cafe:dishes/first from pg

BEGIN;

delete from menu where name in ('espresso', 'crème brûlée; small', 'tea -- green');

COMMIT;
