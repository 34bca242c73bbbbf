CREATE TABLE IF NOT EXISTS user_permissions (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    code        text NOT NULL,
    description text NOT NULL,
    CONSTRAINT user_permissions_pk PRIMARY KEY (id),
    CONSTRAINT user_permissions_code_key UNIQUE (code),
    CONSTRAINT user_permissions_code_check CHECK (code ~ '^[a-z]+[.][a-z_]+$')
);
