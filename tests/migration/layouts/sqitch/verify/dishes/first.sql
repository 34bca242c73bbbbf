-- Verify cafe:dishes/first on pg

BEGIN;

select 1 / count(*) from menu where name = 'espresso';

ROLLBACK;
