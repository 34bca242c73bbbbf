-- What can be booked.
CREATE TABLE IF NOT EXISTS "Services" (
    "Id"              uuid NOT NULL DEFAULT gen_random_uuid(),
    "TenantId"        uuid NOT NULL,         -- the user service's
    "Name"            text NOT NULL,
    "DurationMinutes" integer NOT NULL,
    "Price"           numeric(10, 2) NOT NULL DEFAULT 0,
    "Currency"        text NOT NULL DEFAULT 'USD',
    "IsActive"        boolean NOT NULL DEFAULT true,
    "CreatedAt"       timestamptz NOT NULL DEFAULT now(),
    "UpdatedAt"       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "PK_Services" PRIMARY KEY ("Id"),
    CONSTRAINT "AK_Services_TenantId_Name" UNIQUE ("TenantId", "Name"),
    CONSTRAINT "CK_Services_Name" CHECK ("Name" <> '' AND length("Name") <= 200),
    CONSTRAINT "CK_Services_DurationMinutes" CHECK ("DurationMinutes" BETWEEN 5 AND 1440),
    CONSTRAINT "CK_Services_Price" CHECK ("Price" >= 0),
    CONSTRAINT "CK_Services_Currency" CHECK ("Currency" ~ '^[A-Z]{3}$')
);
