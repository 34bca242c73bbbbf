#!/usr/bin/env bash
# The benchmark still runs, and counts right. How fast anything is, no test asks.
source "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

test_the_table_shows_the_best_floor_and_the_median_of_the_rounds_ratios() {
  printf '100\tdisk (ext4, fsync on)\n' >"$work/filesystems"
  while read -r what innkeeper one two four bash; do
    printf '100\t%s\t%s\t%s\n' "$what" innkeeper "$innkeeper" "$what" bash "$bash" "$what" floor-4 "$four"
    if [[ $what == fresh ]]; then printf '100\t%s\t%s\t%s\n' fresh floor-1 "$one" fresh floor-2 "$two"; fi
  done >"$work/times" <<'EOF'
fresh 12000000 20000000 10000000 15000000 50000000
fresh 33000000 20000000 30000000 15000000 99000000
fresh 14000000 20000000 10000000 15000000 70000000
again 1000000 - - 800000 40000000
again 1000000 - - 500000 10000000
EOF
  expect_equal "$(awk -f "$repository/bench/provision/table.awk" "$work/filesystems" "$work/times" | tail -n 2)" \
    "| 100 | fresh | disk (ext4, fsync on) | 14.00 s | 10.00 s (2) | **1.20** | 70.00 s | 4 |  |  |
| 100 | again | disk (ext4, fsync on) | 1.00 s | 0.65 s (4) | **1.62** | 25.00 s | 25 |  |  |"
}

test_the_table_leaves_blank_what_was_not_compared_with_and_shows_ansible_where_it_was() {
  printf '10\tdisk\n' >"$work/filesystems"
  printf '10\t%s\t%s\t%s\n' fresh innkeeper 1000000 fresh floor-1 500000 fresh floor-2 500000 fresh floor-4 500000 \
    fresh ansible 99000000 quick innkeeper 20000 >"$work/times"
  expect_equal "$(awk -f "$repository/bench/provision/table.awk" "$work/filesystems" "$work/times" | tail -n 2)" \
    "| 10 | fresh | disk | 1.00 s | 0.50 s (1) | **2.00** |  |  | 99.00 s | 99 |
| 10 | quick | disk | 0.02 s |  |  |  |  |  |  |"
}

test_a_quick_run_ends_with_its_table_and_leaves_nothing_behind() {
  mkdir "$work/disk"
  chmod 711 "$work" "$work/disk"
  "$repository/bench/provision/run" --quick --preset dev --disk "$work/disk" >"$work/table" 2>"$work/progress" ||
    { cat "$work/progress" && return 1; }
  expect_equal "$(grep -c '^| 10 | ' "$work/table")" 5
  expect_equal "$(ls -A "$work/disk")" ""
}

test_a_quick_run_over_schema_files_ends_with_its_table_and_leaves_nothing_behind() {
  mkdir "$work/disk"
  chmod 711 "$work" "$work/disk"
  "$repository/bench/migrate/run" --quick --preset dev --disk "$work/disk" >"$work/table" 2>"$work/progress" ||
    { cat "$work/progress" && return 1; }
  expect_equal "$(grep -c 'floor\|fresh\|again\|lint,' "$work/table")" 6
  expect_equal "$(ls -A "$work/disk")" ""
}

run_tests
