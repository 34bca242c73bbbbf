# shellcheck shell=bash
# Sourced by run: throw-away PostgreSQL clusters, each in a folder of its own below $folder, with a unix socket and SCRAM
# as the only way in. All of them are copies of one that initdb made, so an empty one is ready in a moment.

pg_bin=$(pg_config --bindir)
[[ -x $pg_bin/initdb ]] || pg_bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
[[ -x $pg_bin/initdb ]] || fail "found no initdb" "Run ./test once: it installs what is missing."

# PostgreSQL refuses to run as root.
as_server_user() {
  if ((EUID == 0)); then runuser -u postgres -- "$@"; else "$@"; fi
}

make_folder() {
  folder=$(mktemp -d "$1/innkeeper-bench.XXXXXX")
  if ((EUID == 0)); then chown postgres "$folder"; fi
  clusters+=("$folder")
}

# make_template disk|tmpfs
make_template() {
  local data=$folder/template
  printf '%s' "$PGPASSWORD" | as_server_user tee "$folder/password" >/dev/null
  as_server_user "$pg_bin/initdb" -D "$data" -U admin_user -E UTF8 --locale=C.UTF-8 -A scram-sha-256 --no-sync \
    --pwfile="$folder/password" >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2 && fail "initdb failed"; }
  as_server_user tee -a "$data/postgresql.conf" >/dev/null <<EOF
listen_addresses = ''
fsync = $([[ $1 == disk ]] && echo on || echo off)
EOF
}

# start_cluster NAME: an empty one.
start_cluster() {
  local data=$folder/$1
  as_server_user cp -a "$folder/template" "$data"
  as_server_user mkdir -p "$folder/$1.socket"
  # Else the copy's own writing would be measured.
  if ${settled:?}; then sync -f "$data"; fi
  as_server_user "$pg_bin/pg_ctl" -D "$data" -o "-k $folder/$1.socket" -l "$folder/$1.log" -w -t 60 start >/dev/null ||
    { cat "$folder/$1.log" >&2 && fail "could not start a cluster in $data"; }
}

stop_cluster() {
  as_server_user "$pg_bin/pg_ctl" -D "$folder/$1" -m immediate -w stop >/dev/null
  rm -rf "${folder:?}/$1" "$folder/$1.socket"
}

socket_of() { printf '%s' "$folder/$1.socket"; }
url_of() { printf 'postgresql://admin_user@/postgres?host=%s' "$(socket_of "$1")"; }

remove_clusters() {
  local one data
  for one in "${clusters[@]}"; do
    for data in "$one"/*/; do
      [[ -e $data/postmaster.pid ]] || continue
      as_server_user "$pg_bin/pg_ctl" -D "$data" -m immediate -w stop >/dev/null 2>&1 || true
    done
    rm -rf "$one"
  done
}
