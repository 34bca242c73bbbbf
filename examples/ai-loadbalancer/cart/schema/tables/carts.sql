CREATE TABLE IF NOT EXISTS carts (
    id         uuid NOT NULL DEFAULT gen_random_uuid(),
    user_id    uuid,                         -- null: nobody has logged in yet
    status     text NOT NULL DEFAULT 'active',
    expires_at timestamptz NOT NULL DEFAULT now() + interval '30 days',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT carts_pk PRIMARY KEY (id),
    CONSTRAINT carts_status_check CHECK (status IN ('active', 'ordered', 'abandoned'))
);
