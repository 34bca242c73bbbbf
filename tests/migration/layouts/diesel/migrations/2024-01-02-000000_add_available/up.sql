alter table menu add column available boolean not null default true;
