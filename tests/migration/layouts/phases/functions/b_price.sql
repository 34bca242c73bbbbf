create or replace function price() returns numeric language sql as $$ select 1.5; $$;
