-- innkeeper: requires guests.sql types/dish_kind.sql
create table if not exists dishes (
  id bigint generated always as identity primary key,
  kind dish_kind not null,
  guest_id bigint references guests (id)
);
