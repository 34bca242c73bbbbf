create table if not exists orders (dish_id bigint not null references dishes (id));
