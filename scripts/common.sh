# shellcheck shell=bash
# Sourced by run, test and the scripts: how they talk, build and time. No command of its own.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export repository

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $1"
  shift
  local hint
  for hint in "$@"; do say "hint: $hint"; done
  exit 1
}

# Milliseconds from any fixed point.
now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }

seconds_since() {
  local ms=$(($(now_ms) - $1))
  printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

# quietly LOG COMMAND…: its output goes to LOG, and is shown only if it fails.
quietly() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 && return
  local status=$?
  say "failed: $*" "(whole log: $log)"
  tail -n 60 "$log" >&2
  return "$status"
}

# build PRESET [TARGET…]: configures and builds, all of it or the targets.
build() {
  local preset=$1 start
  shift
  start=$(now_ms)
  local targets=()
  if (($#)); then targets=(--target "$@"); fi
  cd "$repository" || return
  quietly "build/logs/configure-$preset.log" cmake --preset "$preset" || return
  quietly "build/logs/build-$preset.log" cmake --build --preset "$preset" -j "$(nproc)" "${targets[@]}" || return
  say "$(printf '%-14s %8s' "build $preset" "$(seconds_since "$start")")"
}
