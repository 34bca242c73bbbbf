#pragma once
// All quoting, and every statement that a step becomes. Identifiers and literals come in as types and go out quoted;
// nothing else in the project pastes a name into SQL.
#include <string>
#include <string_view>
#include <vector>

#include "core/name.h"

namespace innkeeper {

[[nodiscard]] std::string quote_identifier(std::string_view name);  // always quoted, quotes doubled
[[nodiscard]] std::string quote_literal(std::string_view value);    // E'' only where a backslash asks for it

template <class Tag>
[[nodiscard]] std::string quoted(const basic_name<Tag>& name) {
  return quote_identifier(name.value);
}

// A search_path as ALTER … SET takes it: each name quoted.
[[nodiscard]] std::string print_search_path(const std::vector<std::string>& schemas);
// The schemas of a search_path as the catalogs hold it: quoted or not, folded as PostgreSQL folds them.
[[nodiscard]] std::vector<std::string> parse_search_path(std::string_view text);
// Settings whose value is a list of identifiers, which ALTER … SET must not quote as one literal.
[[nodiscard]] bool is_list_setting(std::string_view name);

}  // namespace innkeeper
