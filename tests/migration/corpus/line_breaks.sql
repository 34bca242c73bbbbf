select 1;
select 'a;
b' -- c;
;

do $$
begin
end;
$$;
select 'ü;', '日本;語' as "名;前";
