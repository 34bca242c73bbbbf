-- Each has an index that starts with its columns (indexes/, or a key).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'review_reports'::regclass AND conname = 'review_reports_review_fk') THEN
    ALTER TABLE review_reports ADD CONSTRAINT review_reports_review_fk
      FOREIGN KEY (review_id) REFERENCES review_reviews (id) ON DELETE CASCADE;
  END IF;
END $$;
