create or replace view menu_board as
  select name, price from menu where available;
