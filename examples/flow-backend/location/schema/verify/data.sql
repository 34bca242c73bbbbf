-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('location_vendor_coverage: %s rows whose place_id is not in location_places', count(*)) AS problem
FROM location_vendor_coverage AS child
WHERE NOT EXISTS (SELECT FROM location_places AS parent WHERE parent.id = child.place_id)
HAVING count(*) > 0;

SELECT format('location_vendor_coverage: %s rows whose service_area_id'
              ' is not in location_service_areas', count(*))
    AS problem
FROM location_vendor_coverage AS child
WHERE NOT EXISTS (SELECT FROM location_service_areas AS parent WHERE parent.id = child.service_area_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('service area %s has an area that is not valid: %s', code, st_isvalidreason(area)) AS problem
FROM location_service_areas
WHERE NOT st_isvalid(area);
