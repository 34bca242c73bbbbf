-- What reviewers write to one another.
CREATE TABLE IF NOT EXISTS supplier_onboarding_notes (
    id             bigint GENERATED ALWAYS AS IDENTITY,
    application_id uuid NOT NULL,
    author_id      uuid NOT NULL,
    body           text NOT NULL,
    written_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT supplier_onboarding_notes_pk PRIMARY KEY (id),
    CONSTRAINT supplier_onboarding_notes_body_check CHECK (body <> '' AND length(body) <= 5000)
);
