CREATE TABLE IF NOT EXISTS admin_feature_flags (
    code            text NOT NULL,
    description     text NOT NULL,
    is_enabled      boolean NOT NULL DEFAULT false,
    rollout_percent smallint NOT NULL DEFAULT 100,
    updated_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT admin_feature_flags_pk PRIMARY KEY (code),
    CONSTRAINT admin_feature_flags_code_check CHECK (code ~ '^[a-z][a-z0-9_]{1,63}$'),
    CONSTRAINT admin_feature_flags_rollout_percent_check CHECK (rollout_percent BETWEEN 0 AND 100)
);
