CREATE TABLE IF NOT EXISTS notification_templates (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    code       text NOT NULL,
    channel    notification_channel NOT NULL,
    locale     text NOT NULL DEFAULT 'en',
    subject    text,
    body       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT notification_templates_pk PRIMARY KEY (id),
    CONSTRAINT notification_templates_code_key UNIQUE (code, channel, locale),
    CONSTRAINT notification_templates_code_check CHECK (code ~ '^[a-z][a-z0-9_.]{1,63}$'),
    CONSTRAINT notification_templates_body_check CHECK (body <> '')
);
