delete from menu where name in ('espresso', 'crème brûlée; small', 'tea -- green');
