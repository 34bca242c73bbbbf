#include "core/env_file.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace innkeeper {
namespace {

constexpr std::string_view mark_begin = "# innkeeper ";
constexpr std::string_view blanks = " \t\r";

// One line, or several where quotes or a backslash at the end join them; `whole` has its newline.
struct env_line {
  std::string_view whole;
  std::string_view key;  // empty: no assignment
  secret value;
};

std::string_view without_blanks_before(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(blanks), text.size()));
}

// Takes the part that a quote begins; false where none closes it.
bool take_quoted(std::string_view& rest, std::string& value) {
  const char quote = rest.front();
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == quote) {
      rest.remove_prefix(i + 1);
      return true;
    }
    if (quote == '"' && rest[i] == '\\' && i + 1 < rest.size()) {
      ++i;
      if (rest[i] == '\n') continue;
      if (std::string_view{"\"\\`$"}.find(rest[i]) == std::string_view::npos) value += '\\';
    }
    value += rest[i];
  }
  return false;
}

// Quoted parts and what clings to them, as a shell joins them.
std::optional<std::string> take_word(std::string_view& rest) {
  std::string_view ahead = rest;
  std::string value;
  while (!ahead.empty() && std::string_view{" \t\r\n"}.find(ahead.front()) == std::string_view::npos) {
    if (ahead.front() == '\'' || ahead.front() == '"') {
      if (!take_quoted(ahead, value)) return std::nullopt;
      continue;
    }
    if (ahead.front() == '\\' && ahead.size() > 1) ahead.remove_prefix(1);
    value += ahead.front();
    ahead.remove_prefix(1);
  }
  const auto after = without_blanks_before(ahead.substr(0, ahead.find('\n')));
  if (!after.empty() && !after.starts_with('#')) return std::nullopt;
  rest = ahead;
  return value;
}

// Up to the line's end; a shell would end it at the first blank, and the others don't.
std::string take_bare(std::string_view& rest) {
  std::string value;
  std::size_t kept = 0;  // bytes that are not blanks at the end
  while (!rest.empty() && rest.front() != '\n') {
    const bool is_escape = rest.front() == '\\' && rest.size() > 1;
    if (is_escape) rest.remove_prefix(1);
    const char byte = rest.front();
    rest.remove_prefix(1);
    if (is_escape && byte == '\n') continue;
    value += byte;
    if (is_escape || blanks.find(byte) == std::string_view::npos) kept = value.size();
  }
  value.resize(kept);
  return value;
}

void end_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
}

env_line take_line(std::string_view& rest) {
  const std::string_view begin = rest;
  env_line line;
  std::string_view ahead = without_blanks_before(rest);
  if (ahead.starts_with("export ") || ahead.starts_with("export\t")) ahead = without_blanks_before(ahead.substr(7));
  const auto length = ahead.find('=');
  if (length != std::string_view::npos && is_env_name(ahead.substr(0, length))) {
    line.key = ahead.substr(0, length);
    rest = without_blanks_before(ahead.substr(length + 1));
    const bool is_quoted = rest.starts_with('\'') || rest.starts_with('"');
    auto word = is_quoted ? take_word(rest) : std::nullopt;
    line.value = secret{word ? std::move(*word) : take_bare(rest)};
  }
  end_line(rest);
  line.whole = begin.substr(0, begin.size() - rest.size());
  return line;
}

std::vector<env_line> lines_of(std::string_view text) {
  std::vector<env_line> lines;
  while (!text.empty()) lines.push_back(take_line(text));
  return lines;
}

std::optional<place_mark> mark_of_line(const env_line& line) {
  if (!line.whole.starts_with(mark_begin)) return std::nullopt;
  return parse_place_mark(line.whole.substr(mark_begin.size()));
}

std::string env_mark_line(const place_mark& mark) {
  if (mark.fingerprints.empty()) return {};
  return std::string{mark_begin} + print_place_mark(mark) + "\n";
}

// The owner's keys, with their old fingerprint where another hand altered the value: they are not ours to remove.
std::map<std::string, std::string> mark_left_by(const std::string& owner, std::string_view text) {
  std::map<std::string, std::string> keys;
  const auto values = read_env_file(text);
  for (const auto& line : lines_of(text)) {
    const auto mark = mark_of_line(line);
    if (!mark || mark->owner != owner) continue;
    for (const auto& [key, fingerprint] : mark->fingerprints) {
      const auto found = values.find(key);
      const bool is_altered = found != values.end() && found->second.owner == owner && found->second.is_altered;
      keys[key] = is_altered ? fingerprint : "";
    }
  }
  return keys;
}

class env_patch {
 public:
  env_patch(const std::map<std::string, secret>& keys, std::string_view owner)
      : keys_{keys}, mark_{mark_for(owner, keys)} {}

  [[nodiscard]] std::string apply(std::string_view text) {
    for (const auto& [key, fingerprint] : mark_left_by(mark_.owner, text)) {
      if (keys_.contains(key)) continue;
      if (fingerprint.empty()) {
        gone_.insert(key);
      } else {
        mark_.fingerprints.emplace(key, fingerprint);
      }
    }
    for (const auto& line : lines_of(text)) add(line);
    for (const auto& [key, value] : keys_) {
      if (!written_.contains(key)) add_own(key, value);
    }
    return std::move(patched_);
  }

 private:
  void add(const env_line& line) {
    const std::string key{line.key};
    if (auto mark = mark_of_line(line)) {
      add_mark(line, std::move(*mark));
    } else if (const auto found = keys_.find(key); found != keys_.end()) {
      if (!written_.contains(key)) replace(line, found->first, found->second);
    } else if (!gone_.contains(key)) {
      patched_ += line.whole;
    }
  }

  // A key that changes hands leaves its former owner's mark.
  void add_mark(const env_line& line, place_mark mark) {
    if (mark.owner == mark_.owner) {
      add_own_mark();
      return;
    }
    const auto taken = std::erase_if(mark.fingerprints, [&](const auto& one) { return keys_.contains(one.first); });
    patched_ += taken == 0 ? std::string{line.whole} : env_mark_line(mark);
  }

  // A value that is right stays in the words of the hand that wrote it.
  void replace(const env_line& line, const std::string& key, const secret& value) {
    if (line.value != value) {
      add_own(key, value);
      return;
    }
    add_own_mark();
    written_.insert(key);
    patched_ += line.whole;
  }

  void add_own_mark() {
    if (std::exchange(is_marked_, true)) return;
    end_last_line();
    patched_ += env_mark_line(mark_);
  }

  void add_own(const std::string& key, const secret& value) {
    add_own_mark();
    written_.insert(key);
    end_last_line();
    patched_ += key + "=" + env_quoted(value).expose() + "\n";
  }

  void end_last_line() {
    if (!patched_.empty() && !patched_.ends_with('\n')) patched_ += '\n';
  }

  const std::map<std::string, secret>& keys_;
  place_mark mark_;
  std::set<std::string> gone_;
  std::set<std::string> written_;
  bool is_marked_ = false;
  std::string patched_;
};

bool is_bare(std::string_view value) {
  return std::ranges::all_of(value, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view{"_-./:@%+,=?"}.find(c) != std::string_view::npos;
  });
}

}  // namespace

bool is_env_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  return !name.empty() && is_letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

placed_values read_env_file(std::string_view text) {
  placed_values found;
  const auto lines = lines_of(text);
  for (const auto& line : lines) {
    if (!line.key.empty()) found[std::string{line.key}] = {.value = line.value};
  }
  for (const auto& line : lines) {
    if (const auto mark = mark_of_line(line)) claim(found, *mark);
  }
  return found;
}

secret patch_env_file(std::string_view text, const std::map<std::string, secret>& keys, std::string_view owner) {
  return secret{env_patch{keys, owner}.apply(text)};
}

secret env_quoted(const secret& value) {
  const std::string& text = value.expose();
  if (is_bare(text)) return value;
  if (text.find('\'') == std::string::npos) return secret{"'" + text + "'"};
  std::string quoted = "\"";
  for (const char byte : text) {
    if (std::string_view{"\"\\`$"}.find(byte) != std::string_view::npos) quoted += '\\';
    quoted += byte;
  }
  return secret{quoted + "\""};
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
