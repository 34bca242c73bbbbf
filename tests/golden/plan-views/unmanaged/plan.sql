-- 42 steps for server "shared". Run with: psql -X -d postgres -f FILE
\set ON_ERROR_STOP on
SET search_path = pg_catalog, pg_temp;

-- role platform_access: create, a group (innkeeper.yaml:7:21)
CREATE ROLE "platform_access" NOLOGIN;
COMMENT ON ROLE "platform_access" IS 'innkeeper estate=later';

-- role platform_owner: create, a group (innkeeper.yaml:7:3)
CREATE ROLE "platform_owner" NOLOGIN;
COMMENT ON ROLE "platform_owner" IS 'innkeeper estate=later';

-- role platform_rw: create, a group (innkeeper.yaml:7:3)
CREATE ROLE "platform_rw" NOLOGIN;
COMMENT ON ROLE "platform_rw" IS 'innkeeper estate=later';

-- role platform_ro: create, a group (innkeeper.yaml:7:3)
CREATE ROLE "platform_ro" NOLOGIN;
COMMENT ON ROLE "platform_ro" IS 'innkeeper estate=later';

-- role platform_user: create, a log-in with at most 40 connections, password generated (innkeeper.yaml:7:37)
CREATE ROLE "platform_user" LOGIN CONNECTION LIMIT 40;
COMMENT ON ROLE "platform_user" IS 'innkeeper estate=later';
\password "platform_user"

-- role platform_user: with idle_in_transaction_session_timeout = 5min (innkeeper.yaml:7:37)
ALTER ROLE "platform_user" SET "idle_in_transaction_session_timeout" = '5min';

-- role platform_user: with temp_file_limit = 10GB (innkeeper.yaml:7:37)
ALTER ROLE "platform_user" SET "temp_file_limit" = '10GB';

-- role platform_owner: member of platform_access (innkeeper.yaml:7:3)
GRANT "platform_access" TO "platform_owner";

-- role platform_rw: member of platform_access (innkeeper.yaml:7:3)
GRANT "platform_access" TO "platform_rw";

-- role platform_ro: member of platform_access (innkeeper.yaml:7:3)
GRANT "platform_access" TO "platform_ro";

-- role platform_user: member of platform_access (innkeeper.yaml:7:37)
GRANT "platform_access" TO "platform_user";

-- role platform_user: member of platform_owner (innkeeper.yaml:7:37)
GRANT "platform_owner" TO "platform_user";

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

-- database platform: create, closed, at most 43 connections (innkeeper.yaml:7:21)
CREATE DATABASE "platform" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' ALLOW_CONNECTIONS false CONNECTION LIMIT 43;

-- database platform: close to PUBLIC (innkeeper.yaml:7:21)
REVOKE CONNECT, TEMPORARY ON DATABASE "platform" FROM PUBLIC;

-- database platform: CONNECT, TEMPORARY to platform_access (innkeeper.yaml:7:21)
GRANT CONNECT, TEMPORARY ON DATABASE "platform" TO "platform_access";

-- database platform: search_path = "public", "extensions", "pg_temp" (innkeeper.yaml:7:21)
ALTER DATABASE "platform" SET "search_path" = "public", "extensions", "pg_temp";

-- database platform: mark: innkeeper estate=later (innkeeper.yaml:7:21)
COMMENT ON DATABASE "platform" IS 'innkeeper estate=later';

-- role platform_user: starts in platform as platform_owner (innkeeper.yaml:7:37)
ALTER ROLE "platform_user" IN DATABASE "platform" SET "role" = 'platform_owner';

-- database platform: open to its own log-ins (innkeeper.yaml:7:21)
ALTER DATABASE "platform" ALLOW_CONNECTIONS true;

\connect "platform"
SET search_path = pg_catalog, pg_temp;

-- schema platform.extensions: create, owner the admin (innkeeper.yaml:7:21)
CREATE SCHEMA "extensions";

-- schema platform.extensions: USAGE to platform_access (innkeeper.yaml:7:21)
GRANT USAGE ON SCHEMA "extensions" TO "platform_access";

-- schema platform.public: take USAGE from PUBLIC (innkeeper.yaml:7:3)
REVOKE USAGE ON SCHEMA "public" FROM PUBLIC;

-- schema platform.public: owner platform_owner (innkeeper.yaml:7:3)
ALTER SCHEMA "public" OWNER TO "platform_owner";

-- schema platform.public: USAGE to platform_rw (innkeeper.yaml:7:3)
GRANT USAGE ON SCHEMA "public" TO "platform_rw";

-- schema platform.public: USAGE to platform_ro (innkeeper.yaml:7:3)
GRANT USAGE ON SCHEMA "public" TO "platform_ro";

-- database platform: future functions of platform_owner: EXECUTE taken from PUBLIC (innkeeper.yaml:7:3)
ALTER DEFAULT PRIVILEGES FOR ROLE "platform_owner" REVOKE EXECUTE ON ROUTINES FROM PUBLIC;

-- database platform: future types of platform_owner: USAGE taken from PUBLIC (innkeeper.yaml:7:3)
ALTER DEFAULT PRIVILEGES FOR ROLE "platform_owner" REVOKE USAGE ON TYPES FROM PUBLIC;

-- schema platform.public: future tables of platform_owner: SELECT, INSERT, UPDATE, DELETE to platform_rw (innkeeper.yaml:7:3)
ALTER DEFAULT PRIVILEGES FOR ROLE "platform_owner" IN SCHEMA "public" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "platform_rw";

-- schema platform.public: future tables of platform_owner: SELECT to platform_ro (innkeeper.yaml:7:3)
ALTER DEFAULT PRIVILEGES FOR ROLE "platform_owner" IN SCHEMA "public" GRANT SELECT ON TABLES TO "platform_ro";

-- schema platform.public: future sequences of platform_owner: SELECT, UPDATE, USAGE to platform_rw (innkeeper.yaml:7:3)
ALTER DEFAULT PRIVILEGES FOR ROLE "platform_owner" IN SCHEMA "public" GRANT SELECT, UPDATE, USAGE ON SEQUENCES TO "platform_rw";

-- schema platform.public: future sequences of platform_owner: SELECT to platform_ro (innkeeper.yaml:7:3)
ALTER DEFAULT PRIVILEGES FOR ROLE "platform_owner" IN SCHEMA "public" GRANT SELECT ON SEQUENCES TO "platform_ro";

-- schema platform.public: future functions of platform_owner: EXECUTE to platform_rw, platform_ro (innkeeper.yaml:7:3)
ALTER DEFAULT PRIVILEGES FOR ROLE "platform_owner" IN SCHEMA "public" GRANT EXECUTE ON ROUTINES TO "platform_rw", "platform_ro";

-- schema platform.public: future types of platform_owner: USAGE to platform_rw, platform_ro (innkeeper.yaml:7:3)
ALTER DEFAULT PRIVILEGES FOR ROLE "platform_owner" IN SCHEMA "public" GRANT USAGE ON TYPES TO "platform_rw", "platform_ro";

-- database platform: close WAL messages (pg_logical_emit_message) to PUBLIC (innkeeper.yaml:7:21)
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_logical_emit_message(boolean,text,bytea), pg_catalog.pg_logical_emit_message(boolean,text,text) FROM PUBLIC;

\connect "postgres"
SET search_path = pg_catalog, pg_temp;

-- database postgres: close to PUBLIC
REVOKE CONNECT, TEMPORARY ON DATABASE "postgres" FROM PUBLIC;

-- database template1: close to PUBLIC
REVOKE CONNECT, TEMPORARY ON DATABASE "template1" FROM PUBLIC;
