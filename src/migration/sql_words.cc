#include "migration/sql_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/source_text.h"
#include "core/sql.h"
#include "core/text.h"

namespace innkeeper::migration {
namespace {

bool is_plain(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto may_follow = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), may_follow);
}

// A keyword that is no name of a table and a column where it isn't quoted.
bool is_reserved(std::string_view name) {
  const auto scanned = scan_sql(name);
  if (scanned.tokens.size() == 1 && scanned.tokens.front().kind == token_class::word) return false;
  return !sql_tree::parse(fmt::format("CREATE TABLE {0} ({0} int)", name)).has_value();
}

std::string_view cut(std::string_view text, std::size_t bytes) {
  std::size_t end = 0;
  while (end < text.size()) {
    const std::size_t length = std::max<std::size_t>(1, utf8_length(text.substr(end)));
    if (end + length > bytes) break;
    end += length;
  }
  return text.substr(0, end);
}

}  // namespace

sql_words::sql_words(std::string_view text) : text_{text}, tokens_{scan_sql(text).tokens} {
  std::erase_if(tokens_, [](const sql_token& one) { return one.kind == token_class::comment; });
}

std::string_view sql_words::at(std::size_t index) const {
  if (index >= size()) return {};
  return text_.substr(tokens_[index].begin, tokens_[index].end - tokens_[index].begin);
}

bool sql_words::is(std::size_t index, std::string_view lower_case) const {
  return to_lower(std::string{at(index)}) == lower_case;
}

std::size_t sql_words::find(std::string_view lower_case, std::size_t from) const {
  for (std::size_t i = from; i < size(); ++i) {
    if (is(i, lower_case)) return i;
    if (at(i) == "(") i = behind_parentheses(i) - 1;
  }
  return size();
}

std::size_t sql_words::at_offset(std::size_t byte) const {
  const auto found = std::lower_bound(tokens_.begin(), tokens_.end(), byte,
                                      [](const sql_token& one, std::size_t wanted) { return one.begin < wanted; });
  return static_cast<std::size_t>(found - tokens_.begin());
}

std::size_t sql_words::behind_name(std::size_t index) const {
  while (at(index + 1) == ".") index += 2;
  return std::min(index + 1, size());
}

std::size_t sql_words::behind_parentheses(std::size_t index) const {
  int depth = 0;
  for (std::size_t i = index; i < size(); ++i) {
    if (at(i) == "(") ++depth;
    if (at(i) == ")" && --depth == 0) return i + 1;
  }
  return size();
}

std::string sql_words::slice(std::size_t from, std::size_t to) const {
  std::string joined;
  for (std::size_t i = from; i < std::min(to, size()); ++i) {
    if (i > from && tokens_[i].begin > tokens_[i - 1].end) joined += ' ';
    joined += at(i);
  }
  return joined;
}

alter_words split_alter_table(std::string_view statement) {
  const sql_words words{statement};
  std::size_t i = words.is(1, "foreign") || words.is(1, "materialized") ? 3 : 2;
  if (words.is(i, "if")) i += 2;
  if (words.is(i, "only")) ++i;
  i = words.behind_name(i);
  if (words.at(i) == "*") ++i;
  alter_words split{.head = words.slice(0, i)};
  while (i < words.size()) {
    const std::size_t comma = words.find(",", i);
    split.commands.push_back(words.slice(i, comma));
    split.begins.push_back(words.offset(i));
    i = comma + 1;
  }
  return split;
}

std::string sql_name(std::string_view name) {
  return is_plain(name) && !is_reserved(name) ? std::string{name} : quote_identifier(name);
}

std::string sql_name(const relation_name& name) {
  return name.schema.empty() ? sql_name(name.name) : sql_name(name.schema) + "." + sql_name(name.name);
}

std::string default_object_name(std::string_view table, std::string_view columns, std::string_view label) {
  std::size_t room = longest_identifier - label.size() - 1;
  if (columns.empty()) return fmt::format("{}_{}", cut(table, room), label);
  --room;
  std::size_t first = table.size();
  std::size_t second = columns.size();
  while (first + second > room) --(first > second ? first : second);
  return fmt::format("{}_{}_{}", cut(table, first), cut(columns, second), label);
}

}  // namespace innkeeper::migration
