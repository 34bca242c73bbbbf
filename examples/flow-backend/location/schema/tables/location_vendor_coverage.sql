-- Which vendor delivers in which area.
CREATE TABLE IF NOT EXISTS location_vendor_coverage (
    vendor_id       uuid NOT NULL,
    service_area_id bigint NOT NULL,
    place_id        uuid NOT NULL,           -- from where
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT location_vendor_coverage_pk PRIMARY KEY (vendor_id, service_area_id)
);
