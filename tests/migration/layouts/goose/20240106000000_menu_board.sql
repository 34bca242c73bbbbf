-- +goose Up
create or replace view menu_board as
  select name, price from menu where available;

-- +goose Down
drop view menu_board;
