-- no-transaction
drop index concurrently menu_price_idx;
