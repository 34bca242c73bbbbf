-- rows only where something is wrong
select name, price from menu where price <= 0;
