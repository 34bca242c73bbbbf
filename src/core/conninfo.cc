#include "core/conninfo.h"

#include <algorithm>
#include <array>

#include "core/conninfo_dialects.h"

namespace innkeeper {
namespace {

using namespace conninfo_dialects;

struct shape {
  dialect spoken;
  parsed (*parse)(std::string_view);
};

shape shape_of(std::string_view text) {
  if (text.find("://") != std::string_view::npos && text.find("://") < text.find('=')) return {dialect::uri, parse_uri};
  return {dialect::keyword, parse_keyword};
}

std::string print_as(const conninfo& one, dialect as) {
  switch (as) {
    case dialect::uri:
      return print_uri(one);
    case dialect::keyword:
      return print_keyword(one);
    case dialect::dotnet:
    case dialect::jdbc:
    case dialect::sqlalchemy:
    case dialect::asyncpg:
    case dialect::go:
    case dialect::node:
      break;
  }
  throw inexpressible{"this dialect is not available in this version"};
}

}  // namespace

parsed_conninfo parse_conninfo(std::string_view text) {
  const auto [spoken, parse] = shape_of(text);
  parsed_conninfo outcome{.spoken = spoken};
  try {
    auto [value, ignored] = parse(text);
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
    outcome.text = secret{print_as(one, as)};
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
