CREATE TABLE IF NOT EXISTS "Appointments" (
    "Id"                 uuid NOT NULL DEFAULT gen_random_uuid(),
    "TenantId"           uuid NOT NULL,
    "ServiceId"          uuid NOT NULL,
    "ProviderId"         uuid NOT NULL,
    "CustomerId"         uuid NOT NULL,
    "StartsAt"           timestamptz NOT NULL,
    "EndsAt"             timestamptz NOT NULL,
    "Status"             text NOT NULL DEFAULT 'Requested',
    "CancellationReason" text,
    "Notes"              text,
    "CreatedAt"          timestamptz NOT NULL DEFAULT now(),
    "UpdatedAt"          timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "PK_Appointments" PRIMARY KEY ("Id"),
    CONSTRAINT "CK_Appointments_Status"
        CHECK ("Status" IN ('Requested', 'Confirmed', 'Completed', 'Cancelled', 'NoShow')),
    CONSTRAINT "CK_Appointments_EndsAt" CHECK ("EndsAt" > "StartsAt"),
    CONSTRAINT "CK_Appointments_Notes" CHECK (length("Notes") <= 2000)
);
