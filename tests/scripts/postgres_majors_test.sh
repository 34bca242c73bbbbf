#!/usr/bin/env bash
# The fetcher against an npm made of a script: it packs what $work/served says, and records its calls.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

# A checkout whose list of versions is ours; what npm would serve lies in $work/served/MAJOR.tgz.
make_checkout() {
  mkdir -p "$work/bin" "$work/checkout/scripts" "$work/served" "$work/root"
  cp "$repository"/scripts/{postgres-majors,common.sh} "$work/checkout/scripts/"
  : >"$work/checkout/scripts/postgres-majors.txt"
  stub npm <<EOF
#!/bin/bash
echo "\$*" >>"$work/npm-calls"
major=\${2#servers@}
if [[ -e "$work/npm-hook" ]]; then source "$work/npm-hook"; fi
cp "$work/served/\$major.tgz" "\$4/servers-\$major.tgz"
EOF
}

stub() {
  cat >"$work/bin/$1"
  chmod +x "$work/bin/$1"
}

# serve VERSION [WHAT POSTGRES SAYS]: a package of that version, and its line in the list.
serve() {
  local version=$1 says=${2:-postgres (PostgreSQL) $1} major=${1%%.*} native=$work/package/native
  rm -rf "$work/package"
  mkdir -p "$native/bin" "$native/lib"
  printf '#!/bin/sh\necho "%s"\n' "$says" | tee "$native/bin/postgres" >"$native/bin/initdb"
  echo library >"$native/lib/libpq.so.5.1"
  echo '[{"source": "native/lib/libpq.so.5.1", "target": "native/lib/libpq.so.5"}]' >"$native/pg-symlinks.json"
  tar -czf "$work/served/$version.tgz" -C "$work" package
  sed -i "/^$major /d" "$work/checkout/scripts/postgres-majors.txt"
  echo "$major servers@$version sha512-$(npm_checksum "$work/served/$version.tgz")" >>"$work/checkout/scripts/postgres-majors.txt"
}

npm_checksum() { sha512sum "$1" | cut -c 1-128 | tr a-f A-F | basenc --base16 -d | base64 -w 0; }

majors() {
  PATH=$work/bin:$PATH INNKEEPER_INSTALL_ROOT=$work/root INNKEEPER_POSTGRES_CACHE=$work/cache \
    "$work/checkout/scripts/postgres-majors" "$@"
}
cached() { find "$work/cache" -mindepth 1 -maxdepth 1 ! -name .lock -printf '%f\n' | sort; }

test_what_is_missing_is_fetched_once_and_found_again_without_a_word() {
  make_checkout
  serve 17.10
  expect_equal "$(majors 17 2>/dev/null)" "$work/cache/17/bin"
  expect_equal "$("$work/cache/17/bin/postgres")" "postgres (PostgreSQL) 17.10"
  expect_equal "$(cat "$work/cache/17/lib/libpq.so.5")" library
  expect_equal "$(majors 17 2>&1)" "$work/cache/17/bin"
  expect_equal "$(wc -l <"$work/npm-calls")" 1
  expect_equal "$(cached)" 17
}

test_the_servers_user_may_read_it_whatever_the_umask() {
  make_checkout
  serve 17.10
  (umask 077 && majors 17 2>/dev/null)
  expect_equal "$(stat -c %a "$work/cache" "$work/cache/17" "$work/cache/17/bin/postgres" "$work/cache/17/lib/libpq.so.5.1" | tr '\n' ' ')" \
    "755 755 755 644 "
}

test_an_installed_server_is_taken_before_a_fetched_one() {
  make_checkout
  serve 17.10
  mkdir -p "$work/root/usr/lib/postgresql/17/bin"
  printf '#!/bin/sh\n' | tee "$work/root/usr/lib/postgresql/17/bin/"{postgres,initdb}
  chmod +x "$work/root/usr/lib/postgresql/17/bin/"*
  expect_equal "$(majors 17)" "$work/root/usr/lib/postgresql/17/bin"
  [[ ! -e $work/npm-calls ]]
}

test_several_are_named_in_the_order_asked_for() {
  make_checkout
  serve 16.14
  serve 17.10
  expect_equal "$(majors 17 16 2>/dev/null | tr '\n' ' ')" "$work/cache/17/bin $work/cache/16/bin "
}

test_a_newer_version_in_the_list_replaces_the_older() {
  make_checkout
  serve 17.10
  majors 17
  serve 17.11
  majors 17
  expect_equal "$("$work/cache/17/bin/postgres")" "postgres (PostgreSQL) 17.11"
  expect_equal "$(cached)" 17
}

test_another_checksum_is_refused_and_nothing_is_kept() {
  make_checkout
  serve 17.10
  echo tampered >>"$work/served/17.10.tgz"
  output=$(majors 17 2>&1) && return 1
  expect_contains "$output" "error: what npm delivered as servers@17.10 is something else"
  expect_contains "$output" "scripts/postgres-majors.txt wants sha512-"
  expect_equal "$(cached)" ""
}

test_without_a_network_npms_words_and_the_way_out_are_shown() {
  make_checkout
  serve 17.10
  echo 'echo "npm error code ENOTFOUND"; exit 1' >"$work/npm-hook"
  output=$(majors 17 2>&1) && return 1
  expect_contains "$output" "npm error code ENOTFOUND"
  expect_contains "$output" "error: could not fetch PostgreSQL 17 (servers@17.10)"
  expect_contains "$output" "$work/root/usr/lib/postgresql/17/bin/postgres"
  expect_equal "$(cached)" ""
}

test_one_that_fails_keeps_no_other_from_being_fetched() {
  make_checkout
  serve 16.14
  serve 17.10
  echo 'if [[ $major == 17.10 ]]; then exit 1; fi' >"$work/npm-hook"
  majors 16 17 2>/dev/null && return 1
  expect_equal "$(cached)" 16
}

test_a_kill_in_the_middle_leaves_nothing_that_counts() {
  make_checkout
  serve 17.10
  # The fetch of one major runs in a process of its own, whose parent holds the lock.
  echo 'kill -KILL $PPID $(ps -o ppid= -p $PPID)' >"$work/npm-hook"
  majors 17 2>/dev/null && return 1
  [[ ! -e $work/cache/17 && -n $(cached) ]]
  rm "$work/npm-hook"
  expect_equal "$(majors 17 2>/dev/null)" "$work/cache/17/bin"
  expect_equal "$(cached)" 17
}

test_an_interruption_leaves_nothing_behind() {
  make_checkout
  serve 17.10
  echo 'kill -TERM $(ps -o ppid= -p $PPID)' >"$work/npm-hook"
  majors 17 2>/dev/null && return 1
  expect_equal "$(cached)" ""
}

test_two_at_once_fetch_once() {
  make_checkout
  serve 17.10
  majors 17 >"$work/one" 2>&1 &
  majors 17 >"$work/other" 2>&1
  wait $!
  expect_equal "$(wc -l <"$work/npm-calls")" 1
  expect_equal "$(cached)" 17
}

test_programs_that_do_not_run_here_are_refused() {
  make_checkout
  serve 17.10 "error while loading shared libraries"
  output=$(majors 17 2>&1) && return 1
  expect_contains "$output" "error: the programs of PostgreSQL 17 don't run on this machine"
  expect_contains "$output" "error while loading shared libraries"
  expect_equal "$(cached)" ""
}

test_a_major_that_nobody_has_is_refused_before_anything_is_fetched() {
  make_checkout
  serve 17.10
  output=$(majors 17 12 2>&1) && return 1
  expect_contains "$output" "error: PostgreSQL 12 is not installed"
  [[ ! -e $work/npm-calls ]]
}

test_every_major_of_the_real_list_is_pinned_by_a_checksum() {
  local list=$repository/scripts/postgres-majors.txt
  expect_equal "$(sed -n 's/^\([0-9]*\) @embedded-postgres\/linux-x64@\1\.[0-9]*\.0-beta\.[0-9]* sha512-[A-Za-z0-9+/]\{86\}==$/\1/p' "$list" | tr '\n' ' ')" \
    "13 14 16 17 18 "
  expect_equal "$(grep -vc '^#' "$list")" 5
}

run_tests
