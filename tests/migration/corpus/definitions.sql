create table if not exists "Menu;1" (
  id bigint generated always as identity primary key,
  name text not null default 'a;b' check (name <> ';'),
  price numeric(8, 2) not null,
  tags text[] default array['x;', 'y'],
  during tstzrange,
  constraint "c;1" exclude using gist (during with &&) where (price > 0)
);
create unlogged table u (like menu including all) with (fillfactor = 70);
create table p (at timestamptz not null, kind text) partition by range (at);
create table p1 partition of p for values from (minvalue) to ('2024-01-01;' ::timestamptz);
alter table p attach partition p2 default;
alter table menu add column available boolean not null default true, alter column name type text collate "C" using name || ';';
create unique index concurrently if not exists menu_name_idx on menu using btree (lower(name) text_pattern_ops desc nulls last) include (price) where name <> ';';
create type status as enum ('a;', 'b');
alter type status add value if not exists ';' before 'b';
create type point3 as (x int, y int, z int);
create domain positive as numeric check (value > 0);
create sequence s increment by -1 minvalue -100 start 5 owned by menu.id;
create view v with (security_barrier) as select * from menu where name like '%;%' with local check option;
create materialized view mv as select 1 as one with no data;
create schema app authorization current_user create table app.t (i int) create view app.v as select i from app.t;
create policy p1 on menu for select to public using (name <> ';');
create extension if not exists pgcrypto with schema extensions version '1.3' cascade;
create publication pub for table menu;
create foreign table ft (a int) server s options (filename '/tmp/a;b');
create trigger tr before insert or update of name on menu for each row when (new.name is distinct from ';') execute function touch('a;');
create event trigger et on ddl_command_start when tag in ('CREATE TABLE') execute function f();
create cast (text as status) with inout as implicit;
create aggregate sum2(int) (sfunc = int4pl, stype = int, initcond = '0');
create operator === (leftarg = text, rightarg = text, function = texteq, commutator = ===);
create statistics st (dependencies) on a, b from t;
create text search configuration cfg (copy = english);
comment on column menu.name is 'what; it is';
security label on table menu is 'x;';
grant select (name), update on menu to public with grant option;
alter default privileges in schema public grant select on tables to public;
drop table if exists a, b cascade;
