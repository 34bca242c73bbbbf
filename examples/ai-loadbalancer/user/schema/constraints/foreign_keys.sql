-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'addresses'::regclass AND conname = 'addresses_user_fk') THEN
    ALTER TABLE addresses ADD CONSTRAINT addresses_user_fk
      FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;
  END IF;
END $$;
