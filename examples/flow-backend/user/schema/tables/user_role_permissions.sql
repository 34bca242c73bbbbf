CREATE TABLE IF NOT EXISTS user_role_permissions (
    role_id       bigint NOT NULL,
    permission_id bigint NOT NULL,
    CONSTRAINT user_role_permissions_pk PRIMARY KEY (role_id, permission_id)
);
