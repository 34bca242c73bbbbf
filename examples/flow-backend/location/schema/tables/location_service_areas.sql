-- Areas are geometry: containment is exact on the map, and cheap.
CREATE TABLE IF NOT EXISTS location_service_areas (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    code       text NOT NULL,
    name       text NOT NULL,
    area       geometry(MultiPolygon, 4326) NOT NULL,
    is_active  boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT location_service_areas_pk PRIMARY KEY (id),
    CONSTRAINT location_service_areas_code_key UNIQUE (code),
    CONSTRAINT location_service_areas_code_check CHECK (code ~ '^[a-z][a-z0-9-]{1,39}$')
);
