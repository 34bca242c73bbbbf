-- +goose NO TRANSACTION
-- +goose Up
create index concurrently menu_price_idx on menu (price) where available;

-- +goose Down
drop index concurrently menu_price_idx;
