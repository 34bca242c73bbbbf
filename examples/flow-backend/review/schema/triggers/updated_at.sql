-- A row that an UPDATE leaves as it was keeps its time.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'review_reviews'::regclass AND tgname = 'review_reviews_touch') THEN
    CREATE TRIGGER review_reviews_touch BEFORE UPDATE ON review_reviews
      FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION review_touch_updated_at();
  END IF;
END $$;
