#include "core/placed_secret.h"

#include <algorithm>

#include "core/digest.h"

namespace innkeeper {
namespace {

std::string_view take_mark_word(std::string_view& text) {
  constexpr std::string_view blanks = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  const auto word = text.substr(0, text.find_first_of(blanks));
  text.remove_prefix(word.size());
  return word;
}

}  // namespace

std::optional<place_mark> parse_place_mark(std::string_view line) {
  place_mark mark{.owner = std::string{take_mark_word(line)}};
  for (auto word = take_mark_word(line); !word.empty(); word = take_mark_word(line)) {
    const auto colon = word.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    mark.fingerprints.emplace(word.substr(0, colon), word.substr(colon + 1));
  }
  if (mark.fingerprints.empty()) return std::nullopt;
  return mark;
}

std::string print_place_mark(const place_mark& one) {
  std::string line = one.owner;
  for (const auto& [key, fingerprint] : one.fingerprints) line += " " + key + ":" + fingerprint;
  return line;
}

std::string placed_fingerprint(const std::string& key, const secret& value) {
  const secret both{"innkeeper place\n" + key + "\n" + value.expose()};
  return sha256_hex(both.expose()).substr(0, 16);
}

place_mark mark_for(std::string_view owner, const std::map<std::string, secret>& keys) {
  place_mark mark{.owner = std::string{owner}};
  for (const auto& [key, value] : keys) mark.fingerprints[key] = placed_fingerprint(key, value);
  return mark;
}

void claim(placed_values& values, const place_mark& mark) {
  for (const auto& [key, fingerprint] : mark.fingerprints) {
    const auto found = values.find(key);
    if (found == values.end()) continue;
    found->second.owner = mark.owner;
    found->second.is_altered = fingerprint.find(placed_fingerprint(key, found->second.value)) == std::string::npos;
  }
}

}  // namespace innkeeper
