-- Revert cafe:prices_idx from pg

drop index concurrently menu_price_idx;
