CREATE TABLE IF NOT EXISTS user_roles (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    code        text NOT NULL,
    description text NOT NULL,
    CONSTRAINT user_roles_pk PRIMARY KEY (id),
    CONSTRAINT user_roles_code_key UNIQUE (code),
    CONSTRAINT user_roles_code_check CHECK (code ~ '^[a-z][a-z_]{1,39}$')
);
