-- migrate:up transaction:false
create index concurrently menu_price_idx on menu (price) where available;

-- migrate:down transaction:false
drop index concurrently menu_price_idx;
