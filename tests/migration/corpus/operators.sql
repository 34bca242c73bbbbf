select 1 <-- 2;
  + 3;
select @ -5, !! true, |/ 4 from (values (1)) v;
select a <> b, a != b, a ~~ '%;%', a @> '{1;}', a #>> '{x,;}', a ?| array['a;'], a ? 'b' from t;
select 1::int, cast('2;' as text), (array[1, 2])[1:2], (row(1, 'a;')).f2;
select 1.5e3, .5, 5., 1e10, 0 where 1=-1;
