#!/usr/bin/env bash
# What cmake --install makes is what another project finds: services/example is copied out of the tree, built against it,
# and run on a real server.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

# Outside of a sanitizer's own options, as a service is built.
configure() {
  cmake -G Ninja -S "$1" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=mold "${@:2}"
}

install_here() { cmake --install "$repository/build/dev" --prefix "$work/prefix" >"$work/installed"; }

take_down() { "$work/prefix/bin/innkeeper" down --purge --yes "$work/estate" >/dev/null 2>&1 || true; }

# talk LINE…: the service's answers.
talk() { printf '%s\n' "$@" | "$work/build/orders" "$work/example/schema" 2>>"$work/log"; }

test_a_service_outside_the_tree_builds_against_what_is_installed_and_runs() {
  install_here
  cp -r "$repository/services/example" "$work/example"
  configure "$work/example"
  cmake --build "$work/build"

  mkdir "$work/estate" "$work/home"
  printf 'estate: outside\nservices: {orders: {schema_files: ../example/schema}}\n' >"$work/estate/innkeeper.yaml"
  trap take_down EXIT
  export "HOME=$work/home" "XDG_STATE_HOME=$work/home/state"
  "$work/prefix/bin/innkeeper" up "$work/estate"
  DATABASE_URL=$("$work/prefix/bin/innkeeper" secret show orders --as uri --manifest "$work/estate/innkeeper.yaml")
  export DATABASE_URL

  expect_equal "$(talk health 'place ann tea 2' "place ann o'cup \"{,}\" 1" 'place bob milk 0' \
    'place bob milk 3 no "sugar", {please}' 'list ann' 'list bob')" "ready
placed 1
failed: new row for relation \"order_items\" violates check constraint \"order_items_quantity_check\" [23514]
failed: new row for relation \"order_items\" violates check constraint \"order_items_quantity_check\" [23514]
placed 4
order 1 2xtea
order 4 3xmilk (no \"sugar\", {please})"
  expect_equal "$(talk 'merge 1 4' 'list bob' 'list ann' 'merge 4 99' 'forget 4 5' 'list bob')" "merged
order 4 3xmilk (no \"sugar\", {please}) 2xtea
failed: null value in column \"line_no\" of relation \"order_items\" violates not-null constraint [23502]
forgot 1"
  talk health metrics | sed 1d | promtool check metrics
  expect_equal "$(talk metrics | grep '^innkeeper_pool_max_connections')" 'innkeeper_pool_max_connections{pool="orders"} 25'
  expect_contains "$(cat "$work/log")" "Database initialization completed"
  ! grep -q "$(sed -E 's#.*:([^:@]*)@.*#\1#' <<<"$DATABASE_URL")" "$work/log" || { echo "a password in the log" && return 1; }
}

test_another_version_is_not_taken_for_this_one() {
  install_here
  mkdir "$work/wrong"
  printf 'cmake_minimum_required(VERSION 3.25)\nproject(wrong LANGUAGES CXX)\nfind_package(innkeeper 7.0 REQUIRED)\n' \
    >"$work/wrong/CMakeLists.txt"
  if output=$(configure "$work/wrong" 2>&1); then return 1; fi
  expect_contains "$output" "innkeeperConfig.cmake, version: 0.1"
}

run_tests
