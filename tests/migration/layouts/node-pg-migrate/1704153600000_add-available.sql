---- down migration ----
alter table menu drop column available;

---- UP MIGRATION ----
alter table menu add column available boolean not null default true;
