-- Verify cafe:menu on pg

BEGIN;

select id, name, price from menu where false;

ROLLBACK;
