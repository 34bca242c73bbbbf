-- The businesses of users who offer appointments. Names as the .NET code writes them: quoted, in capitals.
CREATE TABLE IF NOT EXISTS "Tenants" (
    "Id"           uuid NOT NULL DEFAULT gen_random_uuid(),
    "BusinessName" text NOT NULL,
    "BusinessType" text,
    "Email"        text,
    "PhoneNumber"  text,
    "Address"      jsonb NOT NULL DEFAULT '{}',
    "TimeZone"     text NOT NULL DEFAULT 'UTC',
    "IsActive"     boolean NOT NULL DEFAULT true,
    "CreatedAt"    timestamptz NOT NULL DEFAULT now(),
    "UpdatedAt"    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "PK_Tenants" PRIMARY KEY ("Id"),
    CONSTRAINT "CK_Tenants_BusinessName" CHECK ("BusinessName" <> '' AND length("BusinessName") <= 200),
    CONSTRAINT "CK_Tenants_Address" CHECK (jsonb_typeof("Address") = 'object')
);
