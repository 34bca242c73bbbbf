#pragma once
// What tools say in the names of migrations' files. Pure.
#include <optional>
#include <string>
#include <string_view>

#include "migration/sections.h"

namespace innkeeper::migration {

// "12_add_menu.up.sql": a number of digits, a title, and a direction where the name says one.
struct numbered_name {
  std::string number;
  std::string title;
  std::optional<half> which;
};
[[nodiscard]] std::optional<numbered_name> parse_numbered_name(std::string_view base);

// "V1.2__add_menu.sql": V, U or B with a version (parts divided by . or _), R without.
struct lettered_name {
  char letter = 'V';
  std::string number;
  std::string title;
  std::optional<half> which;  // V1__add_menu.up.sql
};
[[nodiscard]] std::optional<lettered_name> parse_lettered_name(std::string_view base);

// "dir/a.sql" -> "a.sql"
[[nodiscard]] std::string_view base_of(std::string_view name);
[[nodiscard]] bool is_hidden(std::string_view name);    // it or a folder that it is in begins with a dot
[[nodiscard]] bool is_document(std::string_view name);  // for readers, not for servers: README, *.md
[[nodiscard]] bool is_all_digits(std::string_view text);
[[nodiscard]] bool is_dotted_number(std::string_view text);  // 1, 1.2, 1_2_3

}  // namespace innkeeper::migration
