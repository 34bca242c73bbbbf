#include "core/conninfo.h"

#include <algorithm>
#include <stdexcept>

#include "core/conninfo_dialects.h"
#include "core/text.h"

namespace innkeeper {
namespace {

using namespace conninfo_dialects;

struct reader {
  dialect spoken;
  parsed (*parse)(std::string_view);
};

// The scheme where the text is a URL at all: pairs may hold "://" too, but behind a "=".
std::string_view scheme_of(std::string_view text) {
  const auto length = text.find("://");
  if (length == std::string_view::npos || text.substr(0, length).find_first_of("= \t\n;'\"") != std::string_view::npos)
    return {};
  return text.substr(0, length);
}

reader reader_of_url(std::string_view text) {
  const std::string scheme = to_lower(scheme_of(text));
  if (scheme == "postgresql" || scheme == "postgres") return {dialect::uri, parse_uri};
  if (scheme == "postgresql+asyncpg" || scheme == "postgres+asyncpg") return {dialect::asyncpg, parse_sqlalchemy};
  if (scheme.starts_with("postgresql+") || scheme.starts_with("postgres+"))
    return {dialect::sqlalchemy, parse_sqlalchemy};
  throw malformed{
      "the URL at offset 0 does not begin with postgresql://, postgres://, postgresql+driver:// or jdbc:postgresql:"};
}

bool is_readable(parsed (*parse)(std::string_view), std::string_view text) {
  try {
    (void)parse(text);
    return true;
  } catch (const malformed&) {
    return false;
  }
}

// libpq's pairs are separated by spaces, Npgsql's by semicolons, and a text can be both: a value of libpq's that holds
// a bare semicolon is taken for Npgsql's form if that can be read.
reader reader_of_pairs(std::string_view text) {
  const reader keyword{dialect::keyword, parse_keyword};
  const reader dotnet{dialect::dotnet, parse_dotnet};
  if (is_readable(parse_keyword, text))
    return has_bare_semicolon(text) && is_readable(parse_dotnet, text) ? dotnet : keyword;
  if (is_readable(parse_dotnet, text)) return dotnet;
  // Neither: complain in the terms of the one that was meant.
  const auto first = text.substr(0, text.find('='));
  const auto name = first.substr(0, first.find_last_not_of(" \t\n") + 1);
  const bool is_meant_for_libpq = to_lower(name) == name && text.find(';') == std::string_view::npos;
  return is_dotnet_name(name) && !is_meant_for_libpq ? dotnet : keyword;
}

reader reader_of(std::string_view text) {
  if (text.empty()) throw malformed{"the connection string is empty"};
  if (to_lower(text.substr(0, 5)) == "jdbc:") {
    if (to_lower(text.substr(0, 16)) == "jdbc:postgresql:") return {dialect::jdbc, parse_jdbc};
    throw malformed{"the URL at offset 0 is for another kind of database than PostgreSQL"};
  }
  return scheme_of(text).empty() ? reader_of_pairs(text) : reader_of_url(text);
}

// Blanks around it, as a file's or a variable's last newline, are not meant.
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

printed print_as(const conninfo& one, dialect as) {
  switch (as) {
    case dialect::uri:
      return print_uri(one);
    case dialect::keyword:
      return print_keyword(one);
    case dialect::dotnet:
      return print_dotnet(one);
    case dialect::jdbc:
      return print_jdbc(one);
    case dialect::sqlalchemy:
      return print_sqlalchemy(one);
    case dialect::asyncpg:
      return print_asyncpg(one);
    case dialect::go:
      return print_go(one);
    case dialect::node:
      return print_node(one);
  }
  throw std::logic_error{"a dialect without a printer"};
}

}  // namespace

parsed_conninfo parse_conninfo(std::string_view text) {
  parsed_conninfo outcome;
  const auto content = trimmed(text);
  try {
    const auto [spoken, parse] = reader_of(content);
    outcome.spoken = spoken;
    auto [value, ignored] = parse(content);
    outcome.value = std::move(value);
    outcome.ignored = std::move(ignored);
  } catch (malformed& failure) {
    outcome.problem = std::move(failure.problem);
  }
  return outcome;
}

printed_conninfo print_conninfo(const conninfo& one, dialect as) {
  printed_conninfo outcome;
  try {
    refuse_inexpressible(one);
    auto [text, left_out] = print_as(one, as);
    outcome.text = secret{std::move(text)};
    outcome.left_out = std::move(left_out);
  } catch (inexpressible& failure) {
    outcome.problem = std::move(failure.problem);
  }
  return outcome;
}

const std::vector<dialect_entry>& all_dialects() {
  static const std::vector<dialect_entry> all{
      {dialect::uri, "uri"},
      {dialect::keyword, "keyword"},
      {dialect::dotnet, "dotnet"},
      {dialect::jdbc, "jdbc"},
      {dialect::sqlalchemy, "sqlalchemy"},
      {dialect::asyncpg, "asyncpg"},
      {dialect::go, "go"},
      {dialect::node, "node"},
  };
  return all;
}

std::optional<dialect> dialect_named(std::string_view name) {
  const auto found = std::ranges::find(all_dialects(), name, &dialect_entry::name);
  if (found == all_dialects().end()) return std::nullopt;
  return found->value;
}

std::string_view to_string(dialect one) {
  return std::ranges::find(all_dialects(), one, &dialect_entry::value)->name;
}

}  // namespace innkeeper
