-- Add down migration script here
delete from menu where name in ('espresso', 'crème brûlée; small', 'tea -- green');
