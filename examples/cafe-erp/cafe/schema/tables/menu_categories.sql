CREATE TABLE IF NOT EXISTS menu_categories (
    id       bigint GENERATED ALWAYS AS IDENTITY,
    name     text NOT NULL,
    position integer NOT NULL DEFAULT 0,
    CONSTRAINT menu_categories_pk PRIMARY KEY (id),
    CONSTRAINT menu_categories_name_key UNIQUE (name),
    CONSTRAINT menu_categories_name_check CHECK (name <> '' AND length(name) <= 80)
);
