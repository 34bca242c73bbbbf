-- Of a token only its SHA-256 is kept: who reads this table can't log in with it.
CREATE TABLE IF NOT EXISTS user_sessions (
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    account_id   uuid NOT NULL,
    token_hash   bytea NOT NULL,
    ip_address   inet,
    user_agent   text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    CONSTRAINT user_sessions_pk PRIMARY KEY (id),
    CONSTRAINT user_sessions_token_hash_key UNIQUE (token_hash),
    CONSTRAINT user_sessions_token_hash_check CHECK (octet_length(token_hash) = 32),
    CONSTRAINT user_sessions_expires_at_check CHECK (expires_at > created_at)
);
