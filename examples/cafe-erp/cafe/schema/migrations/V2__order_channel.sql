-- innkeeper: up
-- A constant default is kept in the catalog: no rewrite. The rule holds for new rows at once; V3 looks at the old ones,
-- in a transaction of its own, so that nobody waits for the scan.
ALTER TABLE orders
    ADD COLUMN channel text NOT NULL DEFAULT 'counter',
    ADD CONSTRAINT orders_channel_check CHECK (channel IN ('counter', 'table', 'app', 'phone')) NOT VALID;

-- innkeeper: down
ALTER TABLE orders DROP COLUMN channel;
