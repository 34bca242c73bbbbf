CREATE TABLE IF NOT EXISTS templates (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    code       text NOT NULL,
    channel    notification_channel NOT NULL,
    locale     text NOT NULL DEFAULT 'en',
    revision   integer NOT NULL DEFAULT 1,
    subject    text,
    body       text NOT NULL,
    is_active  boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT templates_pk PRIMARY KEY (id),
    CONSTRAINT templates_revision_key UNIQUE (code, channel, locale, revision),
    CONSTRAINT templates_code_check CHECK (code ~ '^[a-z][a-z0-9_.]{1,63}$'),
    CONSTRAINT templates_locale_check CHECK (locale ~ '^[a-z]{2}(-[A-Z]{2})?$'),
    CONSTRAINT templates_revision_check CHECK (revision > 0),
    CONSTRAINT templates_body_check CHECK (body <> '')
);
