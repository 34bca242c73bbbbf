-- Verify cafe:raise_prices on pg

BEGIN;

select has_function_privilege('raise_prices(numeric)', 'execute');

ROLLBACK;
