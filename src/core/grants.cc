#include "core/grants.h"

#include <fmt/format.h>

#include <array>

#include "core/sql.h"

namespace innkeeper {
namespace {

struct kind_names {
  char kind;
  std::string_view one;  // in a sentence
  std::string_view many;
  std::string_view sql;      // behind ON
  std::string_view all_sql;  // ON ALL … IN SCHEMA; empty: there is no such thing
};

constexpr std::array<kind_names, 9> names{{{'r', "table", "tables", "TABLE", "TABLES"},
                                           {'S', "sequence", "sequences", "SEQUENCE", "SEQUENCES"},
                                           {'c', "columns of table", "columns", "TABLE", "TABLES"},
                                           {'f', "function", "functions", "ROUTINE", "ROUTINES"},
                                           {'T', "type", "types", "TYPE", ""},
                                           {'L', "large object", "large objects", "LARGE OBJECT", ""},
                                           {'n', "schema", "schemas", "SCHEMA", ""},
                                           {'w', "foreign data wrapper", "", "FOREIGN DATA WRAPPER", ""},
                                           {'s', "foreign server", "", "FOREIGN SERVER", ""}}};

const kind_names& names_of(char kind) {
  for (const auto& one : names) {
    if (one.kind == kind) return one;
  }
  return names.front();
}

// "SELECT (a, b), UPDATE (a, b)" where the privileges are those of columns.
std::string privileges_in_sql(const granted_objects& group, const std::string& letters) {
  if (group.kind != 'c' || group.columns.empty()) return privilege_words(letters);
  std::string text;
  for (const char letter : letters) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} ({})", privilege_words(std::string(1, letter)), group.columns);
  }
  return text;
}

std::string target_in_sql(const granted_objects& group) {
  const auto& kind = names_of(group.kind);
  // Taking a privilege on a table takes it on each of its columns too.
  const bool is_one = group.kind == 'c' ? !group.columns.empty() : group.count == 1;
  if (is_one || kind.all_sql.empty()) return fmt::format("{} {}", kind.sql, group.example);
  return fmt::format("ALL {} IN SCHEMA {}", kind.all_sql, quoted(group.schema));
}

std::string as_grantor(const granted_objects& group, const acl_item& item, std::string statement) {
  if (item.grantor.empty() || item.grantor == group.owner) return statement;
  return fmt::format("SET ROLE {}; {} RESET ROLE;", quoted(item.grantor), statement);
}

}  // namespace

acl_item excess_of(const granted_objects& group, const acl_item& item) {
  acl_item left = item;
  std::string grantable;
  for (const auto& given : group.initial) {
    if (given.grantee == item.grantee) grantable += given.grantable;
  }
  left.privileges = missing(item.privileges, privileges_of(group.initial, item.grantee));
  left.grantable = missing(item.grantable, grantable);
  return left;
}

std::string words_of(const granted_objects& group) {
  const auto& kind = names_of(group.kind);
  if (group.kind == 'c') {
    if (!group.columns.empty()) return fmt::format("column {} of table {}", group.columns, group.example);
    return fmt::format("{} columns of schema \"{}\", such as of {}", group.count, group.schema, group.example);
  }
  if (group.count == 1) return fmt::format("{} {}", kind.one, group.example);
  if (group.schema.empty()) return fmt::format("{} {}, such as {}", group.count, kind.many, group.example);
  return fmt::format("{} {} of schema \"{}\", such as {}", group.count, kind.many, group.schema, group.example);
}

std::string revoking_statement(const granted_objects& group, const acl_item& item) {
  return as_grantor(group, item,
                    fmt::format("REVOKE {} ON {} FROM {};", privileges_in_sql(group, item.privileges),
                                target_in_sql(group), quoted_grantee(item.grantee)));
}

std::string revoking_grant_option(const granted_objects& group, const acl_item& item) {
  return as_grantor(
      group, item,
      fmt::format("REVOKE GRANT OPTION FOR {} ON {} FROM {} CASCADE;", privileges_in_sql(group, item.grantable),
                  target_in_sql(group), quoted_grantee(item.grantee)));
}

std::string quoted_grantee(const role_name& grantee) {
  return grantee.empty() ? "PUBLIC" : quoted(grantee);
}

std::string grantee_words(const role_name& grantee) {
  return grantee.empty() ? "every role that is in" : fmt::format("role \"{}\"", grantee);
}

}  // namespace innkeeper
