-- migrate:up
alter table menu add column available boolean not null default true;

-- migrate:down
alter table menu drop column available;
