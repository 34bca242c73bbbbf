-- Verify cafe:available on pg

BEGIN;

select available from menu where false;

ROLLBACK;
