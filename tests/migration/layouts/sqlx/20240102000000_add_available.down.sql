-- Add down migration script here
alter table menu drop column available;
