create or replace function dishes_touch() returns trigger language plpgsql as $$ begin return new; end; $$;
drop trigger if exists dishes_touch on dishes;
create trigger dishes_touch before update on dishes for each row execute function dishes_touch();
