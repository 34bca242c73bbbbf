-- +goose Up
-- +goose StatementBegin
SELECT 'up SQL query';
-- +goose StatementEnd
alter table menu add column available boolean not null default true;

-- +goose Down
alter table menu drop column available;
