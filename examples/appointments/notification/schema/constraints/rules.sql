-- What is true of every row, beyond one column.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = '"Notifications"'::regclass AND conname = 'CK_Notifications_SentAt') THEN
    ALTER TABLE "Notifications" ADD CONSTRAINT "CK_Notifications_SentAt"
      CHECK (("Status" = 'Sent') = ("SentAt" IS NOT NULL));
  END IF;
END $$;
