-- Strings, quotes and what looks like them.
select 'a;b', 'it''s; fine', '';
select E'\';', E'a\\', e'\\\';''';
select 'one;'
  'two;'	
  'three';
select U&'d\0061t;\+000061', U&"d\0061t;a" from (select 1 as data) t(U&"d\0061t;a");
select U&'d!0061t;' uescape '!';
select B'1010', X'1F;'::text is null where false;
select $$;$$, $a$;$$;$b$;$a$, $été$;$été$, $_1$ $_$ ; $_1$;
select a$b$c, "semi;colon", "quoted "" one;" from t;
select '--no comment;', '/* none; */', $$ -- none; $$;
prepare p as select $1, $2::text || ';';
execute p(1, 'x;');
select N'national;', 'tab	and
line;
break';
