-- Add down migration script here
drop table menu;
