INSERT INTO dining_tables (label, seats)
VALUES ('1', 2), ('2', 2), ('3', 4), ('4', 4), ('Window', 6)
ON CONFLICT (label) DO NOTHING;
