create function f(a int default 1, out b text) returns text language plpgsql as $body$
declare
  x text := ';';
begin
  -- a ; here
  execute format($q$select %L; $q$, 'a;');
  if a > 1 then raise exception 'no; %', $$x;$$; end if;
  b := case when a = 1 then ';' else '' end;
end;
$body$ stable strict parallel safe;
create or replace procedure pr() language sql as 'select 1; select 2;';
do $do$ begin perform 1; end; $do$ language plpgsql;
create function old(text) returns text as 'begin return ''a;''; end' language plpgsql;
create rule r as on insert to menu do also (insert into log values (1); delete from old; notify menu, 'a;');
create rule r2 as on update to menu where old.name <> ';' do instead nothing;
call pr();
