-- innkeeper: no-transaction
create index concurrently if not exists dishes_kind_idx on dishes (kind);
