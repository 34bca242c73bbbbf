"""orders.tsv as Markdown: medians, and medians of each round's ratios."""
import statistics
import sys

rows = {}
with open(sys.argv[1], encoding="utf-8") as file:
    for line in file:
        what, clients, contestant, *numbers = line.split()
        rows.setdefault((what, int(clients)), {}).setdefault(contestant, []).append([float(number) for number in numbers])


def median(what, clients, contestant, column):
    return statistics.median(row[column] for row in rows[what, clients][contestant])


def ratio(what, clients, contestant, column=0):
    ours, others = rows[what, clients]["ours"], rows[what, clients][contestant]
    return statistics.median(mine[column] / other[column] for mine, other in zip(ours, others))


print("| record, three items | orders/s | p50 | p99 | the usual way | p99 | pgbench | ÷ usual | ÷ pgbench | p99 ÷ usual |")
print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
for clients in (1, 64):
    key = ("record", clients)
    print(f"| {clients} client{'s' if clients > 1 else ''} | {median(*key, 'ours', 0):,.0f} | {median(*key, 'ours', 1):.2f} ms "
          f"| {median(*key, 'ours', 2):.2f} ms | {median(*key, 'usual', 0):,.0f} | {median(*key, 'usual', 2):.2f} ms "
          f"| {median(*key, 'pgbench', 0):,.0f} | **{ratio(*key, 'usual'):.2f}** | **{ratio(*key, 'pgbench'):.2f}** "
          f"| **{ratio(*key, 'usual', 2):.2f}** |")
print("\n| history, a page of 20 | pages/s | p99 | by user_id alone | p99 | ÷ |")
print("| --- | ---: | ---: | ---: | ---: | ---: |")
key = ("history", 4)
print(f"| 4 clients | {median(*key, 'ours', 0):,.0f} | {median(*key, 'ours', 2):.2f} ms | {median(*key, 'usual', 0):,.0f} "
      f"| {median(*key, 'usual', 2):.2f} ms | **{ratio(*key, 'usual'):.2f}** |")
print("\n| PlaceOrder | orders/s | p50 | p99 | CPU per order: service | PostgreSQL | peers |")
print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
for (what, clients), contestants in sorted(rows.items()):
    if what == "place":
        rate, p50, p99, service, server, peers = contestants["ours"][0]
        print(f"| {clients} client{'s' if clients > 1 else ''} | {rate:,.0f} | {p50:.2f} ms | {p99:.2f} ms | {service:.0f} µs "
              f"| {server:.0f} µs | {peers:.0f} µs |")
for (what, connections), contestants in rows.items():
    if what == "memory":
        print(f"\nThe service's memory at its highest, with {connections} connections open: "
              f"{contestants['ours'][0][0] / 1024:.0f} MiB.")
