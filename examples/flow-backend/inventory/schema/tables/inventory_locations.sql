-- A vendor's depots and shops. The vendor is an account of the user service: no foreign key reaches there.
CREATE TABLE IF NOT EXISTS inventory_locations (
    id         uuid NOT NULL DEFAULT gen_random_uuid(),
    vendor_id  uuid NOT NULL,
    name       text NOT NULL,
    kind       text NOT NULL DEFAULT 'depot',
    address    jsonb NOT NULL DEFAULT '{}',
    is_active  boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT inventory_locations_pk PRIMARY KEY (id),
    CONSTRAINT inventory_locations_vendor_name_key UNIQUE (vendor_id, name),
    CONSTRAINT inventory_locations_name_check CHECK (name <> '' AND length(name) <= 200),
    CONSTRAINT inventory_locations_kind_check CHECK (kind IN ('depot', 'shop', 'filling_station', 'vehicle')),
    CONSTRAINT inventory_locations_address_check CHECK (jsonb_typeof(address) = 'object')
);
