#!/usr/bin/env bash
# The documents agree with what they describe.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

test_every_package_of_the_lists_has_its_reason_and_every_reason_its_package() {
  diff <(sed -e 's/#.*//' -e '/^$/d' "$repository"/scripts/packages/*.txt | sort) \
    <(sed -n 's/^| `\([^`]*\)` |.*/\1/p' "$repository/docs/dependencies.md" | sort)
}

test_the_package_lists_are_sorted() {
  for list in "$repository"/scripts/packages/*.txt; do
    sed -e '/^#/d' "$list" | LC_ALL=C sort -c
  done
}

test_every_exit_code_is_documented_with_its_name_and_no_other() {
  diff <(sed -n 's/^  \([a-z_]*\) = \([0-9]*\),.*/\2 \1/p' "$repository/src/core/exit_code.h" | sort) \
    <(sed -n 's/^| \([0-9]*\) | `\([a-z_]*\)` |.*/\1 \2/p' "$repository/docs/exit-codes.md" | sort)
}

test_every_link_to_a_file_leads_somewhere() {
  local page link missing=0
  while IFS=: read -r page link; do
    link=${link#](}
    link=${link%)}
    case $link in http* | '#'*) continue ;; esac
    if [[ ! -e $repository/$(dirname "$page")/${link%%#*} ]]; then
      echo "$page: $link"
      missing=1
    fi
  done < <(cd "$repository" && find . -path ./build -prune -o -name '*.md' -print0 | xargs -0 grep -oH '](\([^)]*\))' | sed 's/)$//')
  return "$missing"
}

# A number may stand for two probes, one that asks the catalogs and one that tries; each has a row in a table of its own.
test_every_probe_is_documented_and_no_other() {
  diff <(sed -n 's/^ *{"\(P[0-9]*\)", .*/\1/p' "$repository/src/core/probe.cc" | sort) \
    <(sed -n 's/^| \(P[0-9]*\) | .*/\1/p' "$repository/docs/proof.md" | sort)
}

# Paths stand there as in the includes, without src/ in front, or from the top.
test_every_path_of_the_architecture_page_exists() {
  local path missing=0
  while read -r path; do
    (cd "$repository/src" && compgen -G "$path" >/dev/null) || (cd "$repository" && compgen -G "$path" >/dev/null) ||
      { echo "$path" && missing=1; }
  done < <(grep -o '`[a-z]*/[^` ]*`' "$repository/docs/architecture.md" | tr -d '`')
  return "$missing"
}

# What docs/library.md shows of C++ is compiled: each block stands as it is in a program that the tests run.
test_the_librarys_examples_are_from_programs_that_the_tests_run() {
  local block number=0 missing=0 programs
  programs=$(cat "$repository"/tests/library/programs/*.cc "$repository"/services/example/*.{cc,h})
  awk -v "work=$work" '/^```cpp$/ { file = work "/" ++n; next } /^```$/ { file = ""; next } file { print >file }' \
    "$repository/docs/library.md"
  for block in "$work"/*; do
    number=$((number + 1))
    [[ $programs == *"$(cat "$block")"* ]] || { cat "$block" && missing=1; }
  done
  ((number > 5 && missing == 0))
}

test_every_script_may_be_run() {
  cd "$repository" || return
  for script in run test .ci/run scripts/{install-packages,postgres-majors,record-kubernetes} tests/support/kube-apiserver tests/scripts/*_test.sh; do [[ -x $script ]] || { echo "$script"; return 1; }; done
}

run_tests
