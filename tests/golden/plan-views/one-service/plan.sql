-- 44 steps for server "shared". Run with: psql -X -d postgres -f FILE
\set ON_ERROR_STOP on
SET search_path = pg_catalog, pg_temp;

-- setting max_connections: set to 200, takes effect when the server restarts (innkeeper.yaml:4:33)
ALTER SYSTEM SET "max_connections" = '200';
SELECT pg_reload_conf();

-- role cafe_access: create, a group (innkeeper.yaml:6:3)
CREATE ROLE "cafe_access" NOLOGIN;
COMMENT ON ROLE "cafe_access" IS 'innkeeper estate=small';

-- role cafe_owner: create, a group (innkeeper.yaml:6:3)
CREATE ROLE "cafe_owner" NOLOGIN;
COMMENT ON ROLE "cafe_owner" IS 'innkeeper estate=small';

-- role cafe_rw: create, a group (innkeeper.yaml:6:3)
CREATE ROLE "cafe_rw" NOLOGIN;
COMMENT ON ROLE "cafe_rw" IS 'innkeeper estate=small';

-- role cafe_ro: create, a group (innkeeper.yaml:6:3)
CREATE ROLE "cafe_ro" NOLOGIN;
COMMENT ON ROLE "cafe_ro" IS 'innkeeper estate=small';

-- role cafe_user: create, a log-in with at most 10 connections, password generated (innkeeper.yaml:6:3)
CREATE ROLE "cafe_user" LOGIN CONNECTION LIMIT 10;
COMMENT ON ROLE "cafe_user" IS 'innkeeper estate=small';
\password "cafe_user"

-- role cafe_user: with idle_in_transaction_session_timeout = 5min (innkeeper.yaml:6:3)
ALTER ROLE "cafe_user" SET "idle_in_transaction_session_timeout" = '5min';

-- role cafe_user: with temp_file_limit = 10GB (innkeeper.yaml:6:3)
ALTER ROLE "cafe_user" SET "temp_file_limit" = '10GB';

-- role cafe_owner: member of cafe_access (innkeeper.yaml:6:3)
GRANT "cafe_access" TO "cafe_owner";

-- role cafe_rw: member of cafe_access (innkeeper.yaml:6:3)
GRANT "cafe_access" TO "cafe_rw";

-- role cafe_ro: member of cafe_access (innkeeper.yaml:6:3)
GRANT "cafe_access" TO "cafe_ro";

-- role cafe_user: member of cafe_access (innkeeper.yaml:6:3)
GRANT "cafe_access" TO "cafe_user";

-- role cafe_user: member of cafe_owner (innkeeper.yaml:6:3)
GRANT "cafe_owner" TO "cafe_user";

-- database innkeeper: create, closed
CREATE DATABASE "innkeeper" TEMPLATE template0 ENCODING 'UTF8' ALLOW_CONNECTIONS false;

-- database innkeeper: close to PUBLIC
REVOKE CONNECT, TEMPORARY ON DATABASE "innkeeper" FROM PUBLIC;

-- database innkeeper: mark: innkeeper registry
COMMENT ON DATABASE "innkeeper" IS 'innkeeper registry';

-- database innkeeper: open to its own log-ins
ALTER DATABASE "innkeeper" ALLOW_CONNECTIONS true;

\connect "innkeeper"
SET search_path = pg_catalog, pg_temp;

-- schema innkeeper.public: take USAGE from PUBLIC
REVOKE USAGE ON SCHEMA "public" FROM PUBLIC;

-- database innkeeper: create the registry and the audit trail
-- The memory of Innkeeper on this server: what it made, and every step that it ran. A cache with proof: a plan works
-- without it, and nothing is dropped on its word alone. Adds what an older version's registry lacks.
CREATE SCHEMA IF NOT EXISTS innkeeper;
CREATE TABLE IF NOT EXISTS innkeeper.object (
  kind text NOT NULL,                 -- 'role' or 'database'
  oid oid NOT NULL,                   -- an object of the same name made by others later has another one
  name text NOT NULL,
  estate text NOT NULL,               -- '' for what `service create` made
  service text NOT NULL,              -- '' for what several services share
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (kind, oid)
);
CREATE TABLE IF NOT EXISTS innkeeper.run (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  estate text NOT NULL,
  who text NOT NULL,                  -- operating system user and machine
  role text NOT NULL DEFAULT session_user,
  version text NOT NULL,              -- of Innkeeper
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,            -- NULL: running, or cut off
  outcome text,                       -- 'done', 'failed' or 'cut off'; the last is said by the run after it
  applied integer,                    -- steps
  failed integer
);
CREATE TABLE IF NOT EXISTS innkeeper.step (
  run_id bigint NOT NULL REFERENCES innkeeper.run,
  number integer NOT NULL,
  service text NOT NULL,
  place text NOT NULL,                -- manifest file:line that asked for it
  kind text NOT NULL,
  what text NOT NULL,
  ended_at timestamptz NOT NULL,
  duration interval NOT NULL,
  error text,                         -- NULL: done
  PRIMARY KEY (run_id, number)
);
-- The last look inside each database that found nothing to do. A quick plan goes by it where the manifest and the shared
-- catalogs still fit both digests, and looks inside where they don't.
CREATE TABLE IF NOT EXISTS innkeeper.look (
  database oid PRIMARY KEY,
  name text NOT NULL,
  wanted text NOT NULL,               -- of what the manifest asked for inside
  found text NOT NULL,                -- of what pg_shdepend said of it right before the look
  looked_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE IF NOT EXISTS innkeeper.password (
  role oid PRIMARY KEY,
  fingerprint text NOT NULL,          -- of the verifier that was last seen to be right; no verifier itself
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  who text NOT NULL                   -- ran Innkeeper then
);
-- Log-ins whose passwords change by turns (docs/rotation.md): which of the two is in use, and how far a change has come.
CREATE TABLE IF NOT EXISTS innkeeper.rotation (
  role oid PRIMARY KEY,               -- the log-in that the manifest names
  twin oid,                           -- the other one; NULL until it was made
  estate text NOT NULL,
  state text NOT NULL DEFAULT 'settled',
  on_twin boolean NOT NULL DEFAULT false,  -- the twin is in use
  used_since timestamptz,             -- the password in use
  began_at timestamptz,               -- this or the last rotation
  flipped_at timestamptz,             -- when all places said the new log-in
  quiet_since timestamptz,            -- the former log-in was without a session at every look since; NULL: it had one
  grace interval NOT NULL DEFAULT '10 minutes',  -- how long it has to be so before it is closed
  force_after interval,               -- after the flip it is closed in any case; NULL: never
  who text NOT NULL                   -- began it
);

\connect "postgres"
SET search_path = pg_catalog, pg_temp;

-- database cafe: create, closed, at most 13 connections (innkeeper.yaml:6:3)
CREATE DATABASE "cafe" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' ALLOW_CONNECTIONS false CONNECTION LIMIT 13;

-- database cafe: close to PUBLIC (innkeeper.yaml:6:3)
REVOKE CONNECT, TEMPORARY ON DATABASE "cafe" FROM PUBLIC;

-- database cafe: CONNECT, TEMPORARY to cafe_access (innkeeper.yaml:6:3)
GRANT CONNECT, TEMPORARY ON DATABASE "cafe" TO "cafe_access";

-- database cafe: search_path = "public", "extensions", "pg_temp" (innkeeper.yaml:6:3)
ALTER DATABASE "cafe" SET "search_path" = "public", "extensions", "pg_temp";

-- database cafe: mark: innkeeper estate=small (innkeeper.yaml:6:3)
COMMENT ON DATABASE "cafe" IS 'innkeeper estate=small';

-- role cafe_user: starts in cafe as cafe_owner (innkeeper.yaml:6:3)
ALTER ROLE "cafe_user" IN DATABASE "cafe" SET "role" = 'cafe_owner';

-- database cafe: open to its own log-ins (innkeeper.yaml:6:3)
ALTER DATABASE "cafe" ALLOW_CONNECTIONS true;

\connect "cafe"
SET search_path = pg_catalog, pg_temp;

-- schema cafe.extensions: create, owner the admin (innkeeper.yaml:6:3)
CREATE SCHEMA "extensions";

-- schema cafe.extensions: USAGE to cafe_access (innkeeper.yaml:6:3)
GRANT USAGE ON SCHEMA "extensions" TO "cafe_access";

-- schema cafe.public: take USAGE from PUBLIC (innkeeper.yaml:6:3)
REVOKE USAGE ON SCHEMA "public" FROM PUBLIC;

-- schema cafe.public: owner cafe_owner (innkeeper.yaml:6:3)
ALTER SCHEMA "public" OWNER TO "cafe_owner";

-- schema cafe.public: USAGE to cafe_rw (innkeeper.yaml:6:3)
GRANT USAGE ON SCHEMA "public" TO "cafe_rw";

-- schema cafe.public: USAGE to cafe_ro (innkeeper.yaml:6:3)
GRANT USAGE ON SCHEMA "public" TO "cafe_ro";

-- database cafe: future functions of cafe_owner: EXECUTE taken from PUBLIC (innkeeper.yaml:6:3)
ALTER DEFAULT PRIVILEGES FOR ROLE "cafe_owner" REVOKE EXECUTE ON ROUTINES FROM PUBLIC;

-- database cafe: future types of cafe_owner: USAGE taken from PUBLIC (innkeeper.yaml:6:3)
ALTER DEFAULT PRIVILEGES FOR ROLE "cafe_owner" REVOKE USAGE ON TYPES FROM PUBLIC;

-- schema cafe.public: future tables of cafe_owner: SELECT, INSERT, UPDATE, DELETE to cafe_rw (innkeeper.yaml:6:3)
ALTER DEFAULT PRIVILEGES FOR ROLE "cafe_owner" IN SCHEMA "public" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "cafe_rw";

-- schema cafe.public: future tables of cafe_owner: SELECT to cafe_ro (innkeeper.yaml:6:3)
ALTER DEFAULT PRIVILEGES FOR ROLE "cafe_owner" IN SCHEMA "public" GRANT SELECT ON TABLES TO "cafe_ro";

-- schema cafe.public: future sequences of cafe_owner: SELECT, UPDATE, USAGE to cafe_rw (innkeeper.yaml:6:3)
ALTER DEFAULT PRIVILEGES FOR ROLE "cafe_owner" IN SCHEMA "public" GRANT SELECT, UPDATE, USAGE ON SEQUENCES TO "cafe_rw";

-- schema cafe.public: future sequences of cafe_owner: SELECT to cafe_ro (innkeeper.yaml:6:3)
ALTER DEFAULT PRIVILEGES FOR ROLE "cafe_owner" IN SCHEMA "public" GRANT SELECT ON SEQUENCES TO "cafe_ro";

-- schema cafe.public: future functions of cafe_owner: EXECUTE to cafe_rw, cafe_ro (innkeeper.yaml:6:3)
ALTER DEFAULT PRIVILEGES FOR ROLE "cafe_owner" IN SCHEMA "public" GRANT EXECUTE ON ROUTINES TO "cafe_rw", "cafe_ro";

-- schema cafe.public: future types of cafe_owner: USAGE to cafe_rw, cafe_ro (innkeeper.yaml:6:3)
ALTER DEFAULT PRIVILEGES FOR ROLE "cafe_owner" IN SCHEMA "public" GRANT USAGE ON TYPES TO "cafe_rw", "cafe_ro";

-- extension cafe.pgcrypto: create (innkeeper.yaml:7:18)
CREATE EXTENSION "pgcrypto" WITH SCHEMA "extensions";

-- database cafe: close WAL messages (pg_logical_emit_message) to PUBLIC (innkeeper.yaml:6:3)
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_logical_emit_message(boolean,text,bytea), pg_catalog.pg_logical_emit_message(boolean,text,text) FROM PUBLIC;

\connect "postgres"
SET search_path = pg_catalog, pg_temp;

-- database postgres: close to PUBLIC
REVOKE CONNECT, TEMPORARY ON DATABASE "postgres" FROM PUBLIC;

-- database template1: close to PUBLIC
REVOKE CONNECT, TEMPORARY ON DATABASE "template1" FROM PUBLIC;
