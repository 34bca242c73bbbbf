-- innkeeper: no-transaction
-- Up Migration
create index concurrently menu_price_idx on menu (price) where available;

-- Down Migration
drop index concurrently menu_price_idx;
