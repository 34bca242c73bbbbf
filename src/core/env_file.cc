#include "core/env_file.h"

#include <vector>

namespace innkeeper {
namespace {

// Each with its newline.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto length = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return lines;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const auto begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

std::string_view unquoted(std::string_view value) {
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) {
    return value.substr(1, value.size() - 2);
  }
  return value;
}

// The value where the line assigns the key.
std::optional<std::string_view> assigned(std::string_view line, std::string_view key) {
  line = trimmed(line);
  if (line.starts_with("export ")) line = trimmed(line.substr(7));
  if (!line.starts_with(key) || line.substr(key.size(), 1) != "=") return std::nullopt;
  return unquoted(line.substr(key.size() + 1));
}

}  // namespace

std::optional<secret> read_env_key(std::string_view text, std::string_view key) {
  std::optional<secret> found;
  for (const auto line : lines_of(text)) {
    if (const auto value = assigned(line, key)) found = secret{std::string{*value}};
  }
  return found;
}

secret patch_env_file(std::string_view text, std::string_view key, const secret& value) {
  const std::string line = std::string{key} + "=" + value.expose() + "\n";
  std::string patched;
  bool is_there = false;
  for (const auto one : lines_of(text)) {
    if (!assigned(one, key)) {
      patched += one;
    } else if (!is_there) {
      is_there = true;
      patched += line;
    }
  }
  if (!is_there) {
    if (!patched.empty() && !patched.ends_with('\n')) patched += '\n';
    patched += line;
  }
  return secret{std::move(patched)};
}

std::string to_env_name(std::string_view name) {
  std::string result;
  for (const char c : name) {
    const bool is_lower = c >= 'a' && c <= 'z';
    const bool is_kept = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    result += is_lower ? static_cast<char>(c - 'a' + 'A') : is_kept ? c : '_';
  }
  return result;
}

}  // namespace innkeeper
