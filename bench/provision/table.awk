# Reads "SIZE medium" lines, then provision.tsv; prints a row per size and kind of run. Ratios are taken within each
# round, then their median: a machine that is busy for a while slows a round's contestants alike.
BEGIN {
  FS = "\t"
  print "| services | run | on | Innkeeper | floor (connections) | Innkeeper ÷ floor | bash | bash ÷ Innkeeper | Ansible | Ansible ÷ Innkeeper |"
  print "| ---: | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
}
NR == FNR { media[$1] = $2; order[++sizes] = $1; next }
{ n = ++count[$1, $2, $3]; us[$1, $2, $3, n] = $4 }
END {
  for (i = 1; i <= sizes; i++) {
    row(order[i], "fresh", best_floor(order[i]))
    row(order[i], "again", "floor-4")
    row(order[i], "quick", "")
    row(order[i], "verify", "")
    row(order[i], "verify --quick", "")
  }
}

function best_floor(size,    n, name, best) {
  best = "floor-1"
  for (n = 2; n <= 4; n *= 2) {
    name = "floor-" n
    if (median_time(size, "fresh", name) < median_time(size, "fresh", best)) best = name
  }
  return best
}

function row(size, what, floor,    against) {
  if (!((size, what, "innkeeper") in count)) return
  against = " | "
  if (floor != "") {
    against = sprintf("%s (%s) | **%.2f**", seconds(median_time(size, what, floor)), substr(floor, 7),
      median_ratio(size, what, "innkeeper", floor))
  }
  printf "| %d | %s | %s | %s | %s | %s | %s |\n", size, what, media[size],
    seconds(median_time(size, what, "innkeeper")), against, compared_with(size, what, "bash"),
    compared_with(size, what, "ansible")
}

# Another contestant's time, and how many times Innkeeper's that is; blanks where it did not run.
function compared_with(size, what, who) {
  if (!((size, what, who) in count)) return " | "
  return sprintf("%s | %.0f", seconds(median_time(size, what, who)), median_ratio(size, what, who, "innkeeper"))
}

function median_time(size, what, who,    i, n, list) {
  n = count[size, what, who]
  for (i = 1; i <= n; i++) list[i] = us[size, what, who, i]
  return median(list, n)
}

function median_ratio(size, what, one, other,    i, n, list) {
  n = count[size, what, one]
  for (i = 1; i <= n; i++) list[i] = us[size, what, one, i] / us[size, what, other, i]
  return median(list, n)
}

function median(list, n,    i, j, t) {
  for (i = 2; i <= n; i++) {
    t = list[i]
    for (j = i - 1; j > 0 && list[j] > t; j--) list[j + 1] = list[j]
    list[j + 1] = t
  }
  return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}

function seconds(value) { return sprintf("%.2f s", value / 1e6) }
