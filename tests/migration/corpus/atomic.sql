create function a(i int) returns int language sql begin atomic select 1; select case when i = 1 then 2 else 3 end; end;
create or replace procedure b() begin atomic
  insert into t values (';'); -- ;
  update t set a = (select case a when 1 then case 2 when 2 then 3 end end);
  delete from t;
end;
create function c() returns int return 1;
create function d() returns int begin atomic; select 1; ; select 2; end;
select 1 as atomic;
begin;
end;
