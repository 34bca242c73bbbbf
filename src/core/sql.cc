#include "core/sql.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace innkeeper {

std::string quote_identifier(std::string_view name) {
  std::string text{'"'};
  for (const char c : name) {
    if (c == '"') text += '"';
    text += c;
  }
  return text += '"';
}

std::string quote_literal(std::string_view value) {
  // As PQescapeLiteral: right whatever standard_conforming_strings says.
  std::string text = value.find('\\') == std::string_view::npos ? "'" : " E'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += c;
    text += c;
  }
  return text += '\'';
}

std::string print_search_path(const std::vector<std::string>& schemas) {
  std::string text;
  for (const auto& schema : schemas) text += (text.empty() ? "" : ", ") + quote_identifier(schema);
  return text;
}

std::vector<std::string> parse_search_path(std::string_view text) {
  std::vector<std::string> schemas;
  std::string current;
  bool inside = false;
  bool was_quoted = false;
  const auto finish = [&] {
    if (!current.empty() || was_quoted) schemas.push_back(current);
    current.clear();
    was_quoted = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      if (inside && i + 1 < text.size() && text[i + 1] == '"') {
        current += '"';
        ++i;
        continue;
      }
      inside = !inside;
      was_quoted = true;
    } else if (inside) {
      current += c;
    } else if (c == ',') {
      finish();
    } else if (c != ' ') {
      current += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  finish();
  return schemas;
}

bool is_list_setting(std::string_view name) {
  // GUC_LIST_QUOTE in PostgreSQL's guc tables.
  static constexpr std::array<std::string_view, 6> names{"search_path",
                                                         "temp_tablespaces",
                                                         "session_preload_libraries",
                                                         "shared_preload_libraries",
                                                         "local_preload_libraries",
                                                         "unix_socket_directories"};
  return std::ranges::find(names, name) != names.end();
}

}  // namespace innkeeper
