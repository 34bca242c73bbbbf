-- innkeeper: up
-- The first table that only the migrations know: the phases are the base on which they build.
CREATE TABLE reservations (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    table_id   bigint NOT NULL,
    guest_name text NOT NULL,
    guests     smallint NOT NULL,
    during     tstzrange NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reservations_pk PRIMARY KEY (id),
    CONSTRAINT reservations_table_fk FOREIGN KEY (table_id) REFERENCES dining_tables (id),
    CONSTRAINT reservations_guest_name_check CHECK (guest_name <> '' AND length(guest_name) <= 120),
    CONSTRAINT reservations_guests_check CHECK (guests > 0),
    CONSTRAINT reservations_during_check
        CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)),
    -- Its index also serves the foreign key.
    CONSTRAINT reservations_no_overlap EXCLUDE USING gist (table_id WITH =, during WITH &&)
);

-- innkeeper: down
DROP TABLE reservations;
