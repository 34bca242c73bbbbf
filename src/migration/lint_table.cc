#include "migration/lint_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <unordered_map>

namespace innkeeper::migration {
namespace {

std::vector<lint_rule> all_rules() {
  std::vector<lint_rule> all;
  for (const auto part :
       {index_rules, constraint_rules, column_rules, drop_rules, lock_rules, data_rules, file_rules, style_rules}) {
    const auto rules = part();
    all.insert(all.end(), rules.begin(), rules.end());
  }
  // What is about lint itself has no number, and comes last.
  const auto place = [](const lint_rule& one) { return one.number == 0 ? 1000 : one.number; };
  std::stable_sort(all.begin(), all.end(),
                   [&](const lint_rule& left, const lint_rule& right) { return place(left) < place(right); });
  return all;
}

constexpr std::string_view introduction = R"(# What lint finds

<!-- Made from the table in src/migration/lint_table_*.cc by ACCEPT=1 test_migration; don't edit. -->

Statements that hurt a running system, by the locks that were measured on PostgreSQL 15 and 18. An **error** blocks,
destroys or breaks something for certain on a table in use, and `innkeeper migrate up` refuses it; a **warning** is a
risk; an **info** is taste, and shown with `-v`.

What lint knows makes it quieter:
- Tables that the same set of files makes are free of what is about locks, rewrites and scans. CREATE TABLE IF NOT EXISTS
  counts where the server is known not to have the table, or in phases; otherwise errors become warnings.
- With a connection, what takes as long as a table is big isn't said of empty tables (no rows and {empty} kB at most), and
  is a warning for small ones (fewer than {rows} rows and less than {bytes} MB). Foreign keys stay, for they lock the other
  table too.
- Without a connection, the server is assumed to be PostgreSQL {oldest}, and every table big and in use.
- Guarded statements (IF NOT EXISTS, IF EXISTS) that would do nothing are left out.
- Files that go down report what they drop as info.

The code inside functions and DO blocks isn't looked into, but for CONCURRENTLY.

To allow something, say why, for a file in a comment at its top, or for one statement directly before it:
```sql
-- innkeeper: lint-ignore drop-column nobody reads it since 2.4
ALTER TABLE shop.orders DROP COLUMN note;
```

| rule | level | what | no. |
| --- | --- | --- | --- |
)";

std::string heading() {
  return fmt::format(fmt::runtime(introduction), fmt::arg("empty", empty_table_bytes / 1024),
                     fmt::arg("rows", "10,000"), fmt::arg("bytes", small_table_bytes / 1024 / 1024),
                     fmt::arg("oldest", oldest_supported_server / 10000));
}

std::string section_of(const lint_rule& rule) {
  std::string section = fmt::format("\n## {}\n**{}.** {}\n\n{}\n", rule.id, to_string(rule.level), rule.why, rule.safe);
  if (!rule.versions.empty()) section += fmt::format("\nVersions: {}\n", rule.versions);
  if (!rule.bad.empty()) section += fmt::format("\nFound:\n```sql\n{}\n```\n", rule.bad);
  if (!rule.good.empty()) section += fmt::format("\nSafe:\n```sql\n{}\n```\n", rule.good);
  return section;
}

}  // namespace

std::string_view to_string(lint_level level) {
  switch (level) {
    case lint_level::error:
      return "error";
    case lint_level::warning:
      return "warning";
    case lint_level::info:
      return "info";
  }
  return "";
}

const std::vector<lint_rule>& lint_rules() {
  static const std::vector<lint_rule> rules = all_rules();
  return rules;
}

const lint_rule* find_lint_rule(std::string_view id) {
  static const auto by_id = [] {
    std::unordered_map<std::string_view, const lint_rule*> map;
    for (const auto& one : lint_rules()) map.emplace(one.id, &one);
    return map;
  }();
  const auto found = by_id.find(id);
  return found == by_id.end() ? nullptr : found->second;
}

std::string lint_rules_to_markdown() {
  std::string page = heading();
  for (const auto& rule : lint_rules()) {
    page +=
        fmt::format("| [{0}](#{0}) | {1} | {2} | {3} |\n", rule.id, rule.bad.empty() ? "off" : to_string(rule.level),
                    rule.title, rule.number == 0 ? "" : fmt::format("{}", rule.number));
  }
  for (const auto& rule : lint_rules()) page += section_of(rule);
  return page;
}

}  // namespace innkeeper::migration
