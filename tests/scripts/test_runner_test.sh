#!/usr/bin/env bash
# ./test in a checkout where nothing is built for real: cmake is a stub, and a suite's binary a script.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

make_checkout() {
  mkdir -p "$work/bin" "$work/checkout/scripts" "$work/checkout/build/dev/bin" "$work/checkout/.ci"
  cp "$repository/test" "$work/checkout/"
  cp "$repository/.ci/run" "$work/checkout/.ci/"
  cp "$repository/scripts/common.sh" "$work/checkout/scripts/"
  printf '#!/bin/sh\n' | tee "$work/bin/cmake" "$work/checkout/scripts/install-packages" >/dev/null
  chmod +x "$work/bin/cmake" "$work/checkout/scripts/install-packages"
  printf '#!/bin/sh\necho "/programs/$1"\n' >"$work/checkout/scripts/postgres-majors"
  printf '#!/bin/sh\necho 2\n' >"$work/bin/nproc"
  chmod +x "$work/checkout/scripts/postgres-majors" "$work/bin/nproc"
}

# suite NAME STATUS TESTCASE…: its binary writes these test cases, then ends with STATUS. Without any, it writes nothing.
suite() {
  local binary=$work/checkout/build/dev/bin/test_$1 status=$2 IFS=,
  shift 2
  {
    echo '#!/bin/sh'
    echo '[ "$1" = --gtest_list_tests ] && exit'
    echo 'echo "[       OK ] one.before_the_crash (0 ms)"'
    (($#)) && printf 'cat >"${1#--gtest_output=json:}" <<"EOF"\n{"testsuites": [{"testsuite": [%s]}]}\nEOF\n' "$*"
    echo "exit $status"
  } >"$binary"
  chmod +x "$binary"
}

good='{"name": "works", "classname": "one", "result": "COMPLETED"}'
bad='{"name": "breaks", "classname": "one", "result": "COMPLETED", "failures": [{"failure": "want 1, got 2"}]}'
skipped='{"name": "idles", "classname": "one", "result": "SKIPPED"}'

run_test() { PATH=$work/bin:$PATH "$work/checkout/test" "$@" 2>&1; }

test_passing_suites_are_added_up() {
  make_checkout
  suite core 0 "$good" "$good"
  suite golden 0 "$good"
  output=$(run_test core golden)
  expect_equal "$(tail -n 1 <<<"$output")" "3 passed, 0 failed"
}

test_a_failure_is_shown_with_its_text_and_fails_the_run() {
  make_checkout
  suite core 1 "$good" "$bad"
  output=$(run_test core) && return 1
  expect_contains "$output" "core: one.breaks
want 1, got 2"
  expect_equal "$(tail -n 1 <<<"$output")" "1 passed, 1 failed"
}

test_a_skipped_test_counts_as_failed() {
  make_checkout
  suite core 0 "$good" "$skipped"
  output=$(run_test core) && return 1
  expect_contains "$output" "one.idles: SKIPPED"
  expect_equal "$(tail -n 1 <<<"$output")" "1 passed, 1 failed"
}

test_a_crash_counts_as_failed() {
  make_checkout
  suite core 134
  output=$(run_test core) && return 1
  expect_contains "$output" "core did not finish (status 134)"
  expect_equal "$(tail -n 1 <<<"$output")" "1 passed, 1 failed"
}

test_a_leak_after_the_last_test_counts_as_failed() {
  make_checkout
  suite core 23 "$good"
  output=$(run_test core) && return 1
  expect_equal "$(tail -n 1 <<<"$output")" "1 passed, 1 failed"
}

test_a_suite_without_tests_counts_as_failed() {
  make_checkout
  suite core 0 ""
  output=$(run_test core) && return 1
  expect_contains "$output" "core: no test ran"
  expect_equal "$(tail -n 1 <<<"$output")" "0 passed, 1 failed"
}

test_a_suite_without_a_binary_counts_as_failed_and_the_others_run() {
  make_checkout
  suite golden 0 "$good"
  output=$(run_test core golden) && return 1
  expect_equal "$(tail -n 1 <<<"$output")" "1 passed, 1 failed"
}

test_a_build_that_fails_shows_why_and_counts_as_failed() {
  make_checkout
  printf '#!/bin/sh\necho "x.cc:1: error: no"\nexit 1\n' >"$work/bin/cmake"
  output=$(run_test core) && return 1
  expect_contains "$output" "x.cc:1: error: no"
  expect_equal "$(tail -n 1 <<<"$output")" "0 passed, 1 failed"
}

test_the_suite_on_servers_is_split_and_runs_on_two_majors() {
  make_checkout
  suite pg 0 "$good"
  output=$(run_test pg)
  expect_contains "$output" "pg 15 "
  expect_contains "$output" "pg 18 "
  expect_equal "$(tail -n 1 <<<"$output")" "8 passed, 0 failed"
}

test_all_means_six_majors_and_says_so_to_the_tests() {
  make_checkout
  suite pg 0 "$good"
  sed -i '2a echo "$INNKEEPER_TEST_ALL $INNKEEPER_TEST_SHARE $INNKEEPER_TEST_PG" >>"'"$work"'/told"' "$work/checkout/build/dev/bin/test_pg"
  output=$(run_test --all pg)
  expect_equal "$(tail -n 1 <<<"$output")" "24 passed, 0 failed"
  expect_equal "$(sort "$work/told" | uniq -c | sed 's/^ *//')" "4 1 0/6 /programs/13
4 1 1/6 /programs/14
4 1 2/6 /programs/15
4 1 3/6 /programs/16
4 1 4/6 /programs/17
4 1 5/6 /programs/18"
}

# On 13 there is one test less, which shifts nothing: what isn't everywhere takes no turns.
test_each_of_the_longest_tests_runs_on_two_of_six_majors() {
  make_checkout
  suite pg 0 "$good"
  sed -i -e '2s/.*/if [ "$1" = --gtest_list_tests ]; then printf "apply.\\n"; case $INNKEEPER_TEST_PG in *13) ;; *) printf "  new\\n" ;; esac; printf "  a\\n  b\\n  c\\nother.\\n  a\\n"; exit; fi/' \
    -e '2a echo "$INNKEEPER_TEST_PG $GTEST_FILTER" >>"'"$work"'/told"' "$work/checkout/build/dev/bin/test_pg"
  output=$(run_test --all pg)
  expect_equal "$(sort -u "$work/told")" "/programs/13 -apply.b:apply.c
/programs/14 -apply.a:apply.c
/programs/15 -apply.a:apply.b
/programs/16 -apply.b:apply.c
/programs/17 -apply.a:apply.c
/programs/18 -apply.a:apply.b"
}

test_a_major_may_be_named() {
  make_checkout
  suite pg 0 "$good"
  output=$(run_test --major 14 pg)
  expect_contains "$output" "pg 14 "
  expect_equal "$(tail -n 1 <<<"$output")" "4 passed, 0 failed"
}

test_a_major_that_cannot_be_had_counts_as_failed_and_the_others_run() {
  make_checkout
  suite pg 0 "$good"
  printf '#!/bin/sh\n[ "$1" = 15 ] && echo /programs/15 || { echo "error: no $1" >&2; exit 1; }\n' >"$work/checkout/scripts/postgres-majors"
  output=$(run_test pg) && return 1
  expect_contains "$output" "error: no 18"
  expect_equal "$(tail -n 1 <<<"$output")" "4 passed, 1 failed"
}

test_a_failure_on_one_major_names_it() {
  make_checkout
  suite pg 0 "$good"
  suite broken 1 "$bad"
  sed -i "2a case \$INNKEEPER_TEST_PG in */18) exec \"$work/checkout/build/dev/bin/test_broken\" \"\$@\" ;; esac" \
    "$work/checkout/build/dev/bin/test_pg"
  output=$(run_test pg) && return 1
  expect_contains "$output" "pg 18: one.breaks"
  expect_equal "$(tail -n 1 <<<"$output")" "4 passed, 4 failed"
}

test_what_is_not_for_a_major_is_counted_apart() {
  make_checkout
  suite pg 0 "$good"
  sed -i '2a case $INNKEEPER_TEST_PG in */15) echo "not here: one.is_new" ;; esac' "$work/checkout/build/dev/bin/test_pg"
  output=$(run_test pg)
  expect_contains "$output" "4 passed, 1 not here"
  expect_equal "$(tail -n 1 <<<"$output")" "8 passed, 0 failed"
}

test_what_is_for_no_major_at_all_counts_as_failed() {
  make_checkout
  suite pg 0 "$good"
  sed -i '2a echo "not here: one.is_nowhere"' "$work/checkout/build/dev/bin/test_pg"
  output=$(run_test --all pg) && return 1
  expect_contains "$output" "pg: one.is_nowhere exists on no major"
  expect_equal "$(tail -n 1 <<<"$output")" "24 passed, 1 failed"
}

test_an_unknown_suite_is_refused() {
  make_checkout
  output=$(run_test cores) && return 1
  expect_contains "$output" "error: there is no suite cores"
}

test_ci_passes_the_count_and_the_status_on() {
  make_checkout
  printf '#!/bin/sh\nexit 1\n' >"$work/bin/cmake"
  output=$(PATH=$work/bin:$PATH "$work/checkout/.ci/run" 2>/dev/null) && return 1
  expect_equal "$output" "0 passed, 1 failed"
}

run_tests
