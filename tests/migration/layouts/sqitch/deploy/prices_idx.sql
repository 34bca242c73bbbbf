-- Deploy cafe:prices_idx to pg

create index concurrently menu_price_idx on menu (price) where available;
