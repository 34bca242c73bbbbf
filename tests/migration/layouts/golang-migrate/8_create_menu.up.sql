BEGIN;

create table menu (
  id bigint generated always as identity primary key,
  name text not null unique,
  price numeric(8, 2) not null check (price > 0)
);
comment on table menu is 'What the café sells; prices in €';

COMMIT;
