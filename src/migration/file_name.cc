#include "migration/file_name.h"

#include <algorithm>

namespace innkeeper::migration {
namespace {

constexpr std::string_view sql_suffix = ".sql";
constexpr std::string_view digits = "0123456789";

std::optional<half> take_direction(std::string_view& stem) {
  for (const auto& [suffix, which] : {std::pair{std::string_view{".up"}, half::up}, {".down", half::down}}) {
    if (!stem.ends_with(suffix)) continue;
    stem.remove_suffix(suffix.size());
    return which;
  }
  return std::nullopt;
}

}  // namespace

std::optional<numbered_name> parse_numbered_name(std::string_view base) {
  if (!base.ends_with(sql_suffix)) return std::nullopt;
  base.remove_suffix(sql_suffix.size());
  const auto which = take_direction(base);
  const auto number = base.substr(0, base.find_first_not_of(digits));
  if (number.empty() || number.size() == base.size() || base[number.size()] != '_') return std::nullopt;
  return numbered_name{std::string{number}, std::string{base.substr(number.size() + 1)}, which};
}

std::optional<lettered_name> parse_lettered_name(std::string_view base) {
  static constexpr std::string_view letters = "VURB";
  static constexpr std::string_view separator = "__";
  if (!base.ends_with(sql_suffix) || letters.find(base.front()) == std::string_view::npos) return std::nullopt;
  const char letter = base.front();
  auto stem = base.substr(1, base.size() - 1 - sql_suffix.size());
  const auto which = take_direction(stem);
  const auto at = stem.find(separator);
  const auto number = stem.substr(0, at);
  const auto title = at == std::string_view::npos ? std::string_view{} : stem.substr(at + separator.size());
  const bool is_well_formed = letter == 'R' ? number.empty() && !title.empty() : is_dotted_number(number);
  if (!is_well_formed) return std::nullopt;
  return lettered_name{letter, std::string{number}, std::string{title}, which};
}

std::string_view base_of(std::string_view name) {
  return name.substr(name.rfind('/') + 1);
}

bool is_hidden(std::string_view name) {
  return name.starts_with('.') || name.find("/.") != std::string_view::npos;
}

bool is_document(std::string_view name) {
  const auto base = base_of(name);
  return base.ends_with(".md") || base.starts_with("README") || base.starts_with("LICENSE");
}

bool is_all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of(digits) == std::string_view::npos;
}

bool is_dotted_number(std::string_view text) {
  while (true) {
    const auto at = text.find_first_of("._");
    if (!is_all_digits(text.substr(0, at))) return false;
    if (at == std::string_view::npos) return true;
    text.remove_prefix(at + 1);
  }
}

}  // namespace innkeeper::migration
