-- What is true beyond one column, and beyond one row.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = '"Appointments"'::regclass AND conname = 'CK_Appointments_CancellationReason') THEN
    ALTER TABLE "Appointments" ADD CONSTRAINT "CK_Appointments_CancellationReason"
      CHECK ("Status" = 'Cancelled' OR "CancellationReason" IS NULL);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = '"Appointments"'::regclass AND conname = 'EX_Appointments_ProviderId') THEN
    ALTER TABLE "Appointments" ADD CONSTRAINT "EX_Appointments_ProviderId"
      EXCLUDE USING gist ("ProviderId" WITH =, tstzrange("StartsAt", "EndsAt") WITH &&)
      WHERE ("Status" IN ('Requested', 'Confirmed'));
  END IF;
END $$;
