#pragma once
// What going back over a migration means, as far as its statements say. Pure. Whether its down script really undoes its
// up script is tried by `migrate verify --round-trip`.
#include <string>
#include <string_view>
#include <vector>

#include "migration/directory.h"

namespace innkeeper::migration {

enum class reversibility {
  reversible,   // no rows are lost: indexes, constraints, functions, defaults
  lossy,        // rows or values are: what its down script drops, or what its up script had dropped
  irreversible  // there is no down script
};
[[nodiscard]] std::string_view to_string(reversibility one);

struct rollback_class {
  reversibility what = reversibility::reversible;
  std::string why;  // "its down script drops table menu"; "" where reversible

  friend bool operator==(const rollback_class&, const rollback_class&) = default;
};
[[nodiscard]] rollback_class class_of(const migration_file& one);
[[nodiscard]] rollback_class class_of_down(const std::vector<sql_statement>& statements);

}  // namespace innkeeper::migration
