CREATE TABLE IF NOT EXISTS pricing_rules (
    id            bigint GENERATED ALWAYS AS IDENTITY,
    price_list_id bigint NOT NULL,
    name          text NOT NULL,
    kind          pricing_adjustment_kind NOT NULL,
    amount        numeric(14, 2) NOT NULL,             -- negative: a discount
    condition     jsonb NOT NULL DEFAULT '{}',         -- minimum quantity, priority, area …
    position      integer NOT NULL DEFAULT 0,
    is_active     boolean NOT NULL DEFAULT true,
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pricing_rules_pk PRIMARY KEY (id),
    CONSTRAINT pricing_rules_name_key UNIQUE (price_list_id, name),
    CONSTRAINT pricing_rules_condition_check CHECK (jsonb_typeof(condition) = 'object')
);
