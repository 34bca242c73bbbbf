CREATE TABLE IF NOT EXISTS addresses (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    user_id    uuid NOT NULL,
    street     text NOT NULL,
    city       text NOT NULL,
    postcode   text NOT NULL,
    country    text NOT NULL,
    is_default boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT addresses_pk PRIMARY KEY (id),
    CONSTRAINT addresses_country_check CHECK (country ~ '^[A-Z]{2}$')
);
