# shellcheck shell=bash
# Sourced by every *_test.sh here. A test is a function whose name is a sentence, called by run_tests in a subshell of
# its own with an empty folder $work. It fails by a failing command; its output is shown then.
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export repository

expect_equal() {
  [[ $1 == "$2" ]] || { printf 'got:  %s\nwant: %s\n' "$1" "$2" >&2; return 1; }
}

expect_contains() {
  [[ $1 == *"$2"* ]] || { printf 'got:          %s\nwant in there: %s\n' "$1" "$2" >&2; return 1; }
}

# Runs each function test_* of the calling file; prints "ok NAME" or "not ok NAME", which ./test counts.
run_tests() {
  local name output status failed=0
  for name in $(compgen -A function test_); do
    work=$(mktemp -d)
    # Not under `if` or `||`: errexit would be off inside the test.
    set +e
    output=$(set -e; exec 2>&1; "$name")
    status=$?
    set -e
    rm -rf "$work"
    if ((status == 0)); then
      echo "ok ${name#test_}"
    else
      failed=1
      printf 'not ok %s\n%s\n' "${name#test_}" "$output"
    fi
  done
  return "$failed"
}
