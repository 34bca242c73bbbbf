// What the parse tree doesn't show: it cuts long names, and what isn't SQL has none.
#include <fmt/format.h>

#include "migration/lint_context.h"

namespace innkeeper::migration {
namespace {

constexpr std::string_view quote_mark = "\"";

std::size_t identifier_bytes(std::string_view token) {
  if (!token.starts_with(quote_mark)) return token.size();
  std::size_t bytes = 0;
  for (std::size_t i = 1; i + 1 < token.size(); ++i, ++bytes) {
    if (token[i] == '"') ++i;
  }
  return bytes;
}

// \i file, :name, :'name': what psql puts something else for.
bool is_client_syntax(const sql_words& words, std::size_t index) {
  if (words.at(index) == "\\") return true;
  if (words.at(index) != ":" || index + 1 >= words.size()) return false;
  const bool touches = words.offset(index + 1) == words.offset(index) + 1;
  const bool is_type_cast = index > 0 && words.at(index - 1) == ":";
  return touches && !is_type_cast && words.kind(index + 1) != token_class::symbol &&
         words.kind(index + 1) != token_class::number;
}

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Whether it is worth a look: scanning each statement would double what lint costs.
bool may_have_long_name(std::string_view text) {
  const bool has_quotes = text.find('"') != std::string_view::npos;
  std::size_t run = 0;
  std::size_t quoted = 0;
  for (const char c : text) {
    run = is_name_byte(c) ? run + 1 : 0;
    quoted = c == '"' ? 0 : quoted + 1;
    if (run > longest_identifier || (has_quotes && quoted > longest_identifier)) return true;
  }
  return false;
}

}  // namespace

void lint_names(const lint_context& at) {
  if (!may_have_long_name(at.statement.text)) return;
  const sql_words words{at.statement.text};
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words.kind(i) != token_class::word || identifier_bytes(words.at(i)) <= longest_identifier) continue;
    at.report(
        {.rule = "identifier-too-long",
         .message = fmt::format("the name {} has {} bytes: the server cuts it to {}", words.at(i),
                                identifier_bytes(words.at(i)), longest_identifier),
         .hint = "Shorten it: two names that begin alike become one, and what looks for the whole name finds nothing.",
         .offset = static_cast<std::int64_t>(words.offset(i))});
  }
}

bool lint_client_syntax(const lint_context& at) {
  const sql_words words{at.statement.text};
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!is_client_syntax(words, i)) continue;
    at.report({.rule = "psql-meta-command",
               .message = fmt::format("{} is psql's and not SQL: the server cannot read it", words.slice(i, i + 2)),
               .hint = "Write the value itself; only psql puts something in its place.",
               .offset = static_cast<std::int64_t>(words.offset(i))});
    return true;
  }
  return false;
}

}  // namespace innkeeper::migration
