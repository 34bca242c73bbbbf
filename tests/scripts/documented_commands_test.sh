#!/usr/bin/env bash
# Runs the blocks marked "```sh tested" of the README and of docs/, page by page, with the binary of the preset dev, in
# a copy of the checkout and with a home of its own. Where a "```text" block follows, the commands must have printed each
# of its lines, numbers and padding aside.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

innkeeper=$repository/build/dev/bin/innkeeper

# split PAGE: $work/1.sh, 2.sh … are its blocks; 1.text … what the page promises that they print.
split() {
  awk -v "work=$work" '
    /^```sh tested$/ { file = work "/" ++n ".sh"; after = 0; next }
    /^```text$/ && after { file = work "/" n ".text"; after = 0; next }
    /^```$/ { after = file ~ /\.sh$/; close(file); file = ""; next }
    file { print >file; next }
    NF { after = 0 }
  ' "$1"
}

run_block() {
  timeout 120 bash -euo pipefail "$1.sh" >"$1.output" 2>&1 </dev/null || { cat "$1.sh" "$1.output"; return 1; }
}

normal() { sed -E 's/[0-9.]+ (ms|s)\b/TIME/g; s/[0-9]+(\.[0-9]+)?/N/g; s/[[:space:]]+/ /g; s/ $//'; }

compare() {
  local line missing=0
  normal <"$1.output" >"$1.normal"  # not through a pipe: grep -q leaves at the first match, and the writer dies of it
  while IFS= read -r line; do
    [[ -z $line ]] || grep -qxF -- "$line" "$1.normal" || { echo "promised, but not printed: $line"; missing=1; }
  done < <(normal <"$1.text")
  ((missing == 0)) || { cat "$1.output"; return 1; }
}

# A checkout where everything is installed and built, as far as ./run can tell.
make_checkout() {
  mkdir -p "$work/checkout/build/release/bin" "$work/checkout/scripts" "$work/home" "$work/bin"
  cp -a "$repository/examples" "$repository/run" "$work/checkout/"
  cp "$repository/scripts/common.sh" "$work/checkout/scripts/"
  rm -rf "$work"/checkout/examples/*/.innkeeper
  ln -s "$innkeeper" "$work/checkout/build/release/bin/innkeeper"
  printf '#!/bin/sh\n' | tee "$work/bin/cmake" "$work/checkout/scripts/install-packages" >/dev/null
  chmod +x "$work/bin/cmake" "$work/checkout/scripts/install-packages"
}

take_down_all() {
  local estate
  for estate in "$work"/checkout/*/ "$work"/checkout/examples/*/; do
    [[ -e $estate/.innkeeper ]] || continue
    "$innkeeper" down --purge --yes "$estate" >/dev/null 2>&1 || true
  done
}

page_works() {
  make_checkout
  trap take_down_all EXIT
  split "$repository/$1"
  cd "$work/checkout"
  unset INNKEEPER_MANIFEST INNKEEPER_SERVER_URL POSTGRES_PASSWORD POSTGRES_ADMIN_PASSWORD POSTGRES_ADMIN_USER
  export "HOME=$work/home" "XDG_STATE_HOME=$work/home/state" "PATH=$work/bin:${innkeeper%/*}:$PATH"
  local number
  for ((number = 1; ; number++)); do
    [[ -e $work/$number.sh ]] || break
    run_block "$work/$number"
    if [[ -e $work/$number.text ]]; then compare "$work/$number"; fi
  done
}

mapfile -t pages < <(cd "$repository" && grep -lx '```sh tested' README.md docs/*.md)
if ((${#pages[@]} == 0)); then echo "not ok no page has tested commands" && exit 1; fi
for page in "${pages[@]}"; do
  eval "test_the_commands_of_${page//[^A-Za-z0-9]/_}_do_what_it_says() { page_works '$page'; }"
done

run_tests
