CREATE TABLE IF NOT EXISTS review_reports (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    review_id   uuid NOT NULL,
    reporter_id uuid NOT NULL,
    reason      text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    resolved_at timestamptz,
    CONSTRAINT review_reports_pk PRIMARY KEY (id),
    CONSTRAINT review_reports_once_key UNIQUE (review_id, reporter_id),
    CONSTRAINT review_reports_reason_check CHECK (reason IN ('spam', 'abuse', 'false', 'personal_data', 'other'))
);
