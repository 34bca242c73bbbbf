#include "core/acl.h"

#include <array>
#include <cctype>
#include <utility>

namespace innkeeper {
namespace {

// aclitemout quotes a name when it holds anything but letters, digits and underscores; quotes inside are doubled.
std::string take_name(std::string_view& text) {
  std::string name;
  if (!text.starts_with('"')) {
    while (!text.empty() && text.front() != '=' && text.front() != '/') {
      name += text.front();
      text.remove_prefix(1);
    }
    return name;
  }
  text.remove_prefix(1);
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '"') {
      if (!text.starts_with('"')) break;
      text.remove_prefix(1);
    }
    name += c;
  }
  return name;
}

constexpr std::array<std::pair<char, std::string_view>, 13> words{{{'r', "SELECT"},
                                                                   {'a', "INSERT"},
                                                                   {'w', "UPDATE"},
                                                                   {'d', "DELETE"},
                                                                   {'D', "TRUNCATE"},
                                                                   {'x', "REFERENCES"},
                                                                   {'t', "TRIGGER"},
                                                                   {'X', "EXECUTE"},
                                                                   {'U', "USAGE"},
                                                                   {'C', "CREATE"},
                                                                   {'c', "CONNECT"},
                                                                   {'T', "TEMPORARY"},
                                                                   {'m', "MAINTAIN"}}};

}  // namespace

std::optional<acl_item> parse_acl_item(std::string_view text) {
  acl_item item;
  item.grantee.value = take_name(text);
  if (!text.starts_with('=')) return std::nullopt;
  text.remove_prefix(1);
  while (!text.empty() && text.front() != '/') {
    if (text.front() == '*') {
      if (item.privileges.empty()) return std::nullopt;
      item.grantable += item.privileges.back();
    } else {
      item.privileges += text.front();
    }
    text.remove_prefix(1);
  }
  if (!text.starts_with('/')) return std::nullopt;
  text.remove_prefix(1);
  item.grantor.value = take_name(text);
  if (!text.empty()) return std::nullopt;
  return item;
}

acl parse_acl(std::string_view array) {
  acl all;
  std::string item;
  bool inside_quotes = false;
  const auto finish = [&] {
    if (auto read = parse_acl_item(item)) all.push_back(std::move(*read));
    item.clear();
  };
  for (std::size_t i = 1; i + 1 < array.size(); ++i) {
    const char c = array[i];
    if (c == '\\') {
      item += array[++i];
    } else if (c == '"') {
      inside_quotes = !inside_quotes;
    } else if (c == ',' && !inside_quotes) {
      finish();
    } else {
      item += c;
    }
  }
  if (!item.empty()) finish();
  return all;
}

std::string privileges_of(const acl& list, const role_name& grantee) {
  std::string all;
  for (const auto& item : list) {
    if (item.grantee == grantee) all += missing(item.privileges, all);
  }
  return all;
}

std::string missing(std::string_view wanted, std::string_view held) {
  std::string result;
  for (const char letter : wanted) {
    if (held.find(letter) == std::string_view::npos) result += letter;
  }
  return result;
}

std::string privilege_words(std::string_view letters) {
  std::string text;
  for (const auto& [letter, word] : words) {
    if (letters.find(letter) == std::string_view::npos) continue;
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

}  // namespace innkeeper
