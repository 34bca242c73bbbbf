CREATE TABLE IF NOT EXISTS user_account_roles (
    account_id uuid NOT NULL,
    role_id    bigint NOT NULL,
    granted_by uuid,
    granted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT user_account_roles_pk PRIMARY KEY (account_id, role_id)
);
