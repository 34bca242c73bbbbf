#pragma once
// All that a server's catalogs say and all rows that its users' tables hold, as lines of text without OIDs, times and
// passwords: two servers that came to the same end by different ways have the same lines.
#include <set>
#include <string>
#include <vector>

#include "core/conninfo.h"

namespace innkeeper::test {

struct catalog_lines {
  // Each begins with what it is about: "server: …", "role cafe_user: …", "database cafe: …", "in cafe: …".
  std::set<std::string> lines;

  // Lines with one of these beginnings.
  [[nodiscard]] catalog_lines about(const std::vector<std::string>& beginnings) const;

  friend bool operator==(const catalog_lines&, const catalog_lines&) = default;
};

// `superuser` reaches every database. Of the registry's own tables: what exists, not what happened when.
// `only`: these databases; empty: all.
[[nodiscard]] catalog_lines read_catalogs(const conninfo& superuser, const std::set<std::string>& only = {});

// "- line" is only in `before`, "+ line" only in `after`; at most some dozens.
[[nodiscard]] std::string difference(const catalog_lines& before, const catalog_lines& after);

}  // namespace innkeeper::test
