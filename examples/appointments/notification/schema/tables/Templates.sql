CREATE TABLE IF NOT EXISTS "Templates" (
    "Id"        bigint GENERATED ALWAYS AS IDENTITY,
    "Code"      text NOT NULL,
    "Channel"   text NOT NULL,
    "Subject"   text,
    "Body"      text NOT NULL,
    "UpdatedAt" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "PK_Templates" PRIMARY KEY ("Id"),
    CONSTRAINT "AK_Templates_Code_Channel" UNIQUE ("Code", "Channel"),
    CONSTRAINT "CK_Templates_Channel" CHECK ("Channel" IN ('Email', 'Sms', 'Push')),
    CONSTRAINT "CK_Templates_Body" CHECK ("Body" <> '')
);
