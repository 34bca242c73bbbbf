-- Deploy cafe:menu_board to pg

BEGIN;

create or replace view menu_board as
  select name, price from menu where available;

COMMIT;
