#!/usr/bin/env bash
# Every example says what it is and how to try it. That it works is the suite cli's matter.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

test_every_example_shows_its_three_commands() {
  local estate page missing=0
  for estate in "$repository"/examples/*/; do
    estate=$(basename "$estate")
    page=$repository/examples/$estate/README.md
    for command in "up" "verify --prove" "down --purge"; do
      if ! grep -qxF "    innkeeper $command examples/$estate" "$page"; then
        echo "$page lacks: innkeeper $command examples/$estate"
        missing=1
      fi
    done
  done
  return "$missing"
}

test_every_example_names_itself_after_its_folder_and_is_listed() {
  local estate
  for estate in "$repository"/examples/*/; do
    estate=$(basename "$estate")
    expect_equal "$(sed -n 's/^estate: *//p' "$repository/examples/$estate/innkeeper.yaml")" "$estate"
    grep -q "^| \[$estate\]($estate) |" "$repository/examples/README.md"
  done
}

test_no_example_holds_a_password() {
  ! grep -rnEi 'password: *[^][ {}]' "$repository"/examples --include='*.yaml'
}

run_tests
