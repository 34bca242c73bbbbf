#pragma once
// Names that must not be swapped: each kind of PostgreSQL object has a type of its own, and quoting takes only these.
#include <fmt/format.h>

#include <compare>
#include <string>

namespace innkeeper {

template <class Tag>
struct basic_name {
  std::string value;

  [[nodiscard]] bool empty() const { return value.empty(); }
  friend auto operator<=>(const basic_name&, const basic_name&) = default;
};

using database_name = basic_name<struct database_tag>;
using role_name = basic_name<struct role_tag>;
using schema_name = basic_name<struct schema_tag>;
using extension_name = basic_name<struct extension_tag>;

}  // namespace innkeeper

template <class Tag>
struct fmt::formatter<innkeeper::basic_name<Tag>> : fmt::formatter<std::string> {
  auto format(const innkeeper::basic_name<Tag>& name, fmt::format_context& context) const {
    return fmt::formatter<std::string>::format(name.value, context);
  }
};
