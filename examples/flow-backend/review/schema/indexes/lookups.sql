CREATE INDEX IF NOT EXISTS review_reviews_subject_idx ON review_reviews (subject_kind, subject_id, created_at DESC)
    WHERE status = 'published';
CREATE INDEX IF NOT EXISTS review_reviews_author_id_idx ON review_reviews (author_id, created_at DESC);
CREATE INDEX IF NOT EXISTS review_reports_open_idx ON review_reports (created_at) WHERE resolved_at IS NULL;
