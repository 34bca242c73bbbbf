-- Every change of a review reaches its subject's summary.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger
                 WHERE tgrelid = 'review_reviews'::regclass AND tgname = 'review_reviews_summarize') THEN
    CREATE TRIGGER review_reviews_summarize AFTER INSERT OR UPDATE OR DELETE ON review_reviews
      FOR EACH ROW EXECUTE FUNCTION review_summarize();
  END IF;
END $$;
