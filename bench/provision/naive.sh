#!/usr/bin/env bash
# naive.sh N: the same services as build scripts make them: a psql process per statement, each creation behind an
# existence check, grants repeated each time. Connects by PGHOST, PGUSER and PGPASSWORD.
set -euo pipefail

ask() { psql -X -q -t -A -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }

create_service() {
  local name=$1 user=${1}_user
  if [[ $(ask postgres "SELECT 1 FROM pg_database WHERE datname = '$name'") != 1 ]]; then
    ask postgres "CREATE DATABASE $name"
  fi
  if [[ $(ask postgres "SELECT 1 FROM pg_roles WHERE rolname = '$user'") != 1 ]]; then
    ask postgres "CREATE USER $user WITH PASSWORD '$name-secret'"
  fi
  ask postgres "GRANT ALL PRIVILEGES ON DATABASE $name TO $user"
  ask "$name" "GRANT ALL ON SCHEMA public TO $user"
  ask "$name" "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO $user"
  ask "$name" "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON SEQUENCES TO $user"
  ask "$name" "CREATE EXTENSION IF NOT EXISTS pgcrypto"
  ask "$name" "CREATE EXTENSION IF NOT EXISTS citext"
}

export PGOPTIONS='-c client_min_messages=warning'
for ((i = 1; i <= $1; i++)); do
  create_service "$(printf 'service_%04d' "$i")"
done
