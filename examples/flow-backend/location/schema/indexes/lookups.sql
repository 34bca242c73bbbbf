CREATE INDEX IF NOT EXISTS location_places_position_idx ON location_places USING gist (position);
CREATE INDEX IF NOT EXISTS location_places_kind_idx ON location_places (kind) WHERE is_active;
CREATE INDEX IF NOT EXISTS location_places_owner_id_idx ON location_places (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS location_service_areas_area_idx ON location_service_areas USING gist (area);
CREATE INDEX IF NOT EXISTS location_vendor_coverage_service_area_id_idx ON location_vendor_coverage (service_area_id);
CREATE INDEX IF NOT EXISTS location_vendor_coverage_place_id_idx ON location_vendor_coverage (place_id);
