-- Revert cafe:available from pg

BEGIN;

alter table menu drop column available;

COMMIT;
