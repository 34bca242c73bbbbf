-- Add down migration script here
drop function raise_prices(numeric);
