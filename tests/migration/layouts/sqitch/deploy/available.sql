-- Deploy cafe:available to pg

BEGIN;

alter table menu add column available boolean not null default true;

COMMIT;
