-- When a provider works, per day of the week (ISO: Monday is 1), in the tenant's time zone.
CREATE TABLE IF NOT EXISTS "ProviderHours" (
    "Id"         bigint GENERATED ALWAYS AS IDENTITY,
    "ProviderId" uuid NOT NULL,
    "Weekday"    smallint NOT NULL,
    "OpensAt"    time NOT NULL,
    "ClosesAt"   time NOT NULL,
    CONSTRAINT "PK_ProviderHours" PRIMARY KEY ("Id"),
    CONSTRAINT "AK_ProviderHours_ProviderId_Weekday_OpensAt" UNIQUE ("ProviderId", "Weekday", "OpensAt"),
    CONSTRAINT "CK_ProviderHours_Weekday" CHECK ("Weekday" BETWEEN 1 AND 7),
    CONSTRAINT "CK_ProviderHours_ClosesAt" CHECK ("ClosesAt" > "OpensAt")
);
