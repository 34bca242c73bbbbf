create table if not exists guests (id bigint generated always as identity primary key, name citext not null);
