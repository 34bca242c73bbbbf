-- Points are geography: distances come out in metres, everywhere on earth.
CREATE TABLE IF NOT EXISTS location_places (
    id         uuid NOT NULL DEFAULT gen_random_uuid(),
    kind       location_place_kind NOT NULL,
    owner_id   uuid,                         -- an account of the user service
    name       text NOT NULL,
    position   geography(Point, 4326) NOT NULL,
    address    jsonb NOT NULL DEFAULT '{}',
    is_active  boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT location_places_pk PRIMARY KEY (id),
    CONSTRAINT location_places_name_check CHECK (name <> '' AND length(name) <= 200),
    CONSTRAINT location_places_address_check CHECK (jsonb_typeof(address) = 'object')
);
