CREATE TABLE IF NOT EXISTS dining_tables (
    id    bigint GENERATED ALWAYS AS IDENTITY,
    label text NOT NULL,
    seats smallint NOT NULL,
    CONSTRAINT dining_tables_pk PRIMARY KEY (id),
    CONSTRAINT dining_tables_label_key UNIQUE (label),
    CONSTRAINT dining_tables_label_check CHECK (label <> '' AND length(label) <= 20),
    CONSTRAINT dining_tables_seats_check CHECK (seats BETWEEN 1 AND 40)
);
