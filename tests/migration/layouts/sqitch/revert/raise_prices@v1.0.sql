-- Revert cafe:raise_prices from pg

BEGIN;

drop function raise_prices(numeric);

COMMIT;
