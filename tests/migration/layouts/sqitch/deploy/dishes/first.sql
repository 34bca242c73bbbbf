-- Deploy cafe:dishes/first to pg

BEGIN;

insert into menu (name, price, available) values
  ('espresso', 2.20, true),
  ('crème brûlée; small', 5.50, true),
  ('tea -- green', 2.80, false);
update menu set price = 2.90 where name = 'tea -- green';

COMMIT;
