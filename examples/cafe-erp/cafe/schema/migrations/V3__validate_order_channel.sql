-- innkeeper: up
ALTER TABLE orders VALIDATE CONSTRAINT orders_channel_check;

-- innkeeper: down
-- There is no "invalidate": the rule is made anew, unproved. One statement, so there is no moment without it.
ALTER TABLE orders
    DROP CONSTRAINT orders_channel_check,
    ADD CONSTRAINT orders_channel_check CHECK (channel IN ('counter', 'table', 'app', 'phone')) NOT VALID;
