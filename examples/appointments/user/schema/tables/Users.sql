CREATE TABLE IF NOT EXISTS "Users" (
    "Id"           uuid NOT NULL DEFAULT gen_random_uuid(),
    "Username"     text NOT NULL,
    "Email"        text NOT NULL,
    "PasswordHash" text NOT NULL,
    "FirstName"    text,
    "LastName"     text,
    "Role"         text NOT NULL DEFAULT 'Customer',
    "TenantId"     uuid,
    "IsActive"     boolean NOT NULL DEFAULT true,
    "LastLoginAt"  timestamptz,
    "CreatedAt"    timestamptz NOT NULL DEFAULT now(),
    "UpdatedAt"    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "PK_Users" PRIMARY KEY ("Id"),
    CONSTRAINT "CK_Users_Username" CHECK ("Username" ~ '^[^[:space:]]{1,100}$'),
    CONSTRAINT "CK_Users_Email" CHECK ("Email" ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND length("Email") <= 320),
    CONSTRAINT "CK_Users_Role" CHECK ("Role" IN ('Customer', 'Provider', 'Admin'))
);
