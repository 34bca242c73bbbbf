-- The memory of a service's schema files. @SCHEMA@ is its name; the service's owner role makes and owns it.
CREATE TABLE @SCHEMA@.format (version integer NOT NULL, service text NOT NULL);
INSERT INTO @SCHEMA@.format (version, service) VALUES (1, @SERVICE@);
CREATE TABLE @SCHEMA@.history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('phase', 'versioned', 'repeatable')),
  version text NOT NULL,
  name text NOT NULL,
  file text NOT NULL,
  checksum_raw text NOT NULL,
  checksum_norm text NOT NULL,
  direction text NOT NULL CHECK (direction IN ('up', 'down')),
  state text NOT NULL CHECK (state IN ('running', 'applied', 'failed', 'reverted', 'baselined', 'forgotten')),
  statements_total integer NOT NULL,
  statements_done integer NOT NULL,
  checksum_done text,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  duration_ms bigint,
  attempts integer NOT NULL,
  lock_wait_ms bigint NOT NULL,
  error_sqlstate text,
  error_text text,
  error_line integer,
  applied_by text NOT NULL DEFAULT session_user,
  host text NOT NULL,
  app_version text NOT NULL,
  minimum_app_version text NOT NULL,
  tool_version text NOT NULL,
  tx_id text,
  up_sql text,
  down_sql text
);
CREATE INDEX history_by_file ON @SCHEMA@.history (kind, version, id DESC);
CREATE VIEW @SCHEMA@.current AS
SELECT DISTINCT ON (kind, version) *
FROM @SCHEMA@.history
ORDER BY kind, version, id DESC;
COMMENT ON TABLE @SCHEMA@.history IS 'schema files that ran here: a row for each attempt, the last of each file counts (Innkeeper)';
