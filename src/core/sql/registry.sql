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
