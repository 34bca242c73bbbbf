-- innkeeper: requires b_price.sql
create or replace function total() returns numeric language sql as $$ select price() * 2; $$;
