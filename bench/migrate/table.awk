# Reads migrate.tsv: WHAT CONTESTANT MICROSECONDS. Ratios are taken within each round, then their median.
BEGIN {
  FS = "\t"
  print "| run | Innkeeper | floor | Innkeeper ÷ floor | dbmate | dbmate ÷ Innkeeper |"
  print "| --- | ---: | ---: | ---: | ---: | ---: |"
}
{
  if (!($1 in seen)) { seen[$1] = 1; order[++rows] = $1 }
  us[$1, $2, ++count[$1, $2]] = $3
}
END {
  for (i = 1; i <= rows; i++) {
    what = order[i]
    printf "| %s | %s | %s | %s |\n", what, seconds(what, "innkeeper"), compared(what, "floor", "innkeeper", "floor", "**%.2f**"), \
      compared(what, "dbmate", "dbmate", "innkeeper", "%.1f")
  }
}

function compared(what, shown, one, other, form) {
  if (!((what, shown) in count)) return " | "
  return seconds(what, shown) " | " sprintf(form, ratio(what, one, other))
}

function seconds(what, who,    i, n, list) {
  n = count[what, who]
  for (i = 1; i <= n; i++) list[i] = us[what, who, i]
  return sprintf("%.3f s", median(list, n) / 1e6)
}

function ratio(what, one, other,    i, n, list) {
  n = count[what, one]
  for (i = 1; i <= n; i++) list[i] = us[what, one, i] / us[what, other, i]
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
