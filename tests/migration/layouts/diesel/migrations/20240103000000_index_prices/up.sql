create index concurrently menu_price_idx on menu (price) where available;
