CREATE TABLE IF NOT EXISTS "Notifications" (
    "Id"            uuid NOT NULL DEFAULT gen_random_uuid(),
    "TemplateId"    bigint NOT NULL,
    "UserId"        uuid NOT NULL,           -- the user service's
    "AppointmentId" uuid,                    -- the appointment service's
    "Recipient"     text NOT NULL,
    "Data"          jsonb NOT NULL DEFAULT '{}',
    "Status"        text NOT NULL DEFAULT 'Pending',
    "Attempts"      smallint NOT NULL DEFAULT 0,
    "LastError"     text,
    "SendAfter"     timestamptz NOT NULL DEFAULT now(),
    "SentAt"        timestamptz,
    "CreatedAt"     timestamptz NOT NULL DEFAULT now(),
    "UpdatedAt"     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "PK_Notifications" PRIMARY KEY ("Id"),
    CONSTRAINT "CK_Notifications_Recipient" CHECK ("Recipient" <> '' AND length("Recipient") <= 320),
    CONSTRAINT "CK_Notifications_Data" CHECK (jsonb_typeof("Data") = 'object'),
    CONSTRAINT "CK_Notifications_Status" CHECK ("Status" IN ('Pending', 'Sent', 'Failed')),
    CONSTRAINT "CK_Notifications_Attempts" CHECK ("Attempts" >= 0)
);
