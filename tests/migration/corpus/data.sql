with d as (delete from menu where name = ';' returning *), i as (insert into log select * from d returning 1)
select count(*) from i;
insert into menu (name, price) values ('a;', 1), ('b', 2)
on conflict (name) do update set price = excluded.price where menu.price <> excluded.price returning id;
merge into menu m using new n on m.id = n.id when matched then update set name = ';' when not matched then do nothing;
update menu set (name, price) = (select 'x;', 1) from other where case when a then b else ';' end = 'end';
select case when 1 = 1 then case 2 when 2 then ';' end end as "end", begin_at from begin_table;
select * from t for update of t skip locked limit 1 offset 2;
select sum(a) over (partition by b order by c rows between unbounded preceding and current row) from t window w as (order by ';');
values (1, ';'), (2, $$;$$);
table menu;
copy menu to '/tmp/x;y' with (format csv, delimiter ';', quote '''');
copy (select ';') to stdout;
explain (analyze, buffers) select 1;
declare c cursor with hold for select ';';
fetch forward 10 from c;
listen ";";
truncate menu, log restart identity cascade;
lock table menu in share row exclusive mode nowait;
vacuum (analyze, verbose) menu;
reindex (verbose) table concurrently menu;
set local lock_timeout = '2s';
set search_path to "a;b", public;
