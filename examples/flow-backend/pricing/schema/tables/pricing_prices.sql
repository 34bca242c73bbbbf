CREATE TABLE IF NOT EXISTS pricing_prices (
    id            bigint GENERATED ALWAYS AS IDENTITY,
    price_list_id bigint NOT NULL,
    size          pricing_cylinder_size NOT NULL,
    refill        numeric(14, 2) NOT NULL,
    deposit       numeric(14, 2) NOT NULL DEFAULT 0,   -- for a cylinder that is not exchanged
    valid_during  tstzrange NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pricing_prices_pk PRIMARY KEY (id),
    CONSTRAINT pricing_prices_refill_check CHECK (refill > 0),
    CONSTRAINT pricing_prices_deposit_check CHECK (deposit >= 0),
    CONSTRAINT pricing_prices_valid_during_check CHECK (NOT isempty(valid_during) AND NOT lower_inf(valid_during))
);
