CREATE TABLE IF NOT EXISTS review_reviews (
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    order_id     uuid NOT NULL,
    author_id    uuid NOT NULL,
    subject_kind review_subject_kind NOT NULL,
    subject_id   uuid NOT NULL,
    rating       smallint NOT NULL,
    title        text,
    body         text,
    status       review_status NOT NULL DEFAULT 'published',
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT review_reviews_pk PRIMARY KEY (id),
    CONSTRAINT review_reviews_once_key UNIQUE (order_id, author_id, subject_kind, subject_id),
    CONSTRAINT review_reviews_rating_check CHECK (rating BETWEEN 1 AND 5),
    CONSTRAINT review_reviews_title_check CHECK (length(title) <= 120),
    CONSTRAINT review_reviews_body_check CHECK (length(body) <= 5000)
);
