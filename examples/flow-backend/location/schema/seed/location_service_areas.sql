-- Rough boxes, to start from; the true outlines come from the administration.
INSERT INTO location_service_areas (code, name, area)
VALUES ('lagos', 'Lagos', st_multi(st_makeenvelope(2.70, 6.35, 4.35, 6.75, 4326))),
       ('abuja', 'Abuja', st_multi(st_makeenvelope(7.20, 8.80, 7.65, 9.20, 4326)))
ON CONFLICT (code) DO NOTHING;
