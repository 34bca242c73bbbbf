-- innkeeper: up
-- innkeeper: no-transaction
-- innkeeper: statement-timeout 1h
create index concurrently menu_price_idx on menu (price) where available;
-- innkeeper: down
-- innkeeper: no-transaction
drop index concurrently menu_price_idx;
