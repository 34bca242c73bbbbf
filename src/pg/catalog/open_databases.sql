-- The databases that may be looked into; -2: a DROP DATABASE of it was cut off.
SELECT datname FROM pg_catalog.pg_database WHERE datallowconn AND datconnlimit <> -2;
