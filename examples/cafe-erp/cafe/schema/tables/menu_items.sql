CREATE TABLE IF NOT EXISTS menu_items (
    id           bigint GENERATED ALWAYS AS IDENTITY,
    category_id  bigint NOT NULL,
    name         text NOT NULL,
    description  text,
    price        numeric(10, 2) NOT NULL,
    is_available boolean NOT NULL DEFAULT true,
    attributes   jsonb NOT NULL DEFAULT '{}',   -- allergens, sizes, what the kitchen must know
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT menu_items_pk PRIMARY KEY (id),
    CONSTRAINT menu_items_category_name_key UNIQUE (category_id, name),
    CONSTRAINT menu_items_name_check CHECK (name <> '' AND length(name) <= 120),
    CONSTRAINT menu_items_price_check CHECK (price >= 0),
    CONSTRAINT menu_items_attributes_check CHECK (jsonb_typeof(attributes) = 'object')
);
