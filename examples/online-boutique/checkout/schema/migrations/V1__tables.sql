-- innkeeper: up
-- No card number, code or expiry date is ever stored here. What was not known when an order was backfilled from old
-- logs, and what was erased at a user's wish, is null.
CREATE TABLE orders (
    id                      bigint GENERATED ALWAYS AS IDENTITY,
    order_id                uuid NOT NULL,
    user_id                 text NOT NULL,
    user_email              text,
    user_currency           text,
    shipping_tracking_id    text,
    shipping_cost_units     bigint,
    shipping_cost_nanos     integer,
    shipping_address_street text,
    shipping_address_city   text,
    shipping_address_state  text,
    shipping_address_country text,
    shipping_address_zip    integer,
    total_amount_units      bigint,
    total_amount_nanos      integer,
    status                  text NOT NULL DEFAULT 'pending',
    transaction_id          text,
    idempotency_key         text,
    request_hash            bytea,
    lease_until             timestamptz,
    source                  text NOT NULL DEFAULT 'live',
    created_at              timestamptz NOT NULL DEFAULT now(),
    updated_at              timestamptz NOT NULL DEFAULT now(),
    -- Exact: a nano is a decimal place, and 19 digits of units fit before nine of them.
    shipping_cost           numeric(28, 9)
        GENERATED ALWAYS AS (shipping_cost_units + shipping_cost_nanos * 0.000000001) STORED,
    total_amount            numeric(28, 9)
        GENERATED ALWAYS AS (total_amount_units + total_amount_nanos * 0.000000001) STORED,
    CONSTRAINT orders_pk PRIMARY KEY (id),
    CONSTRAINT orders_order_id_key UNIQUE (order_id),
    CONSTRAINT orders_user_id_check CHECK (user_id <> ''),
    CONSTRAINT orders_user_currency_check CHECK (user_currency ~ '^[A-Z]{3}$'),
    CONSTRAINT orders_status_check CHECK (status IN ('pending', 'paid', 'confirmed', 'rejected', 'abandoned',
                                                     'payment_unknown', 'refund_due')),
    CONSTRAINT orders_source_check CHECK (source IN ('live', 'backfill')),
    CONSTRAINT orders_shipping_cost_check CHECK (
        (shipping_cost_units IS NULL) = (shipping_cost_nanos IS NULL)
        AND shipping_cost_units >= 0 AND shipping_cost_nanos BETWEEN 0 AND 999999999),
    CONSTRAINT orders_total_amount_check CHECK (
        (total_amount_units IS NULL) = (total_amount_nanos IS NULL)
        AND total_amount_units >= 0 AND total_amount_nanos BETWEEN 0 AND 999999999),
    CONSTRAINT orders_live_amounts_check CHECK (
        source = 'backfill'
        OR (user_currency IS NOT NULL AND shipping_cost_units IS NOT NULL AND total_amount_units IS NOT NULL)),
    CONSTRAINT orders_transaction_id_check CHECK (
        source = 'backfill' OR status NOT IN ('paid', 'confirmed', 'refund_due') OR transaction_id IS NOT NULL),
    CONSTRAINT orders_tracking_id_check CHECK (
        source = 'backfill' OR status <> 'confirmed' OR shipping_tracking_id IS NOT NULL),
    CONSTRAINT orders_idempotency_key_check CHECK (idempotency_key ~ '^[ -~]{1,255}$')
);

CREATE TABLE order_items (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    order_id   uuid NOT NULL,
    line_no    integer NOT NULL,
    product_id text NOT NULL,
    quantity   integer NOT NULL,
    cost_units bigint,                       -- of one unit, in the order's currency
    cost_nanos integer,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT order_items_pk PRIMARY KEY (id),
    CONSTRAINT order_items_line_no_check CHECK (line_no > 0),
    CONSTRAINT order_items_product_id_check CHECK (product_id <> ''),
    CONSTRAINT order_items_quantity_check CHECK (quantity > 0),
    CONSTRAINT order_items_cost_check CHECK (
        (cost_units IS NULL) = (cost_nanos IS NULL)
        AND cost_units >= 0 AND cost_nanos BETWEEN 0 AND 999999999)
);

-- What happened to an order, without personal data; V4 makes it append-only.
CREATE TABLE order_events (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    order_id    uuid NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor       text NOT NULL,
    from_status text,                        -- null: the order was recorded
    to_status   text NOT NULL,
    detail      jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT order_events_pk PRIMARY KEY (id),
    CONSTRAINT order_events_actor_check CHECK (actor <> ''),
    CONSTRAINT order_events_detail_check CHECK (jsonb_typeof(detail) = 'object')
);

-- What is still to be done for an order after the reply: at least once.
CREATE TABLE order_outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    order_id   uuid NOT NULL,
    kind       text NOT NULL,
    attempts   integer NOT NULL DEFAULT 0,
    next_at    timestamptz NOT NULL DEFAULT now(),
    done_at    timestamptz,
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT order_outbox_pk PRIMARY KEY (id),
    CONSTRAINT order_outbox_kind_check CHECK (kind IN ('email', 'empty_cart')),
    CONSTRAINT order_outbox_attempts_check CHECK (attempts >= 0)
);

-- innkeeper: down
DROP TABLE order_outbox;
DROP TABLE order_events;
DROP TABLE order_items;
DROP TABLE orders;
