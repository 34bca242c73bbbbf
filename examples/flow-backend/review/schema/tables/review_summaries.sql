-- What lists show: kept by a trigger on review_reviews.
CREATE TABLE IF NOT EXISTS review_summaries (
    subject_kind review_subject_kind NOT NULL,
    subject_id   uuid NOT NULL,
    reviews      bigint NOT NULL,
    rating_sum   bigint NOT NULL,
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT review_summaries_pk PRIMARY KEY (subject_kind, subject_id),
    CONSTRAINT review_summaries_rating_sum_check CHECK (reviews >= 0 AND rating_sum BETWEEN reviews AND reviews * 5)
);
