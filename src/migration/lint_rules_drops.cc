// What is dropped, renamed or emptied.
#include <fmt/format.h>

#include "migration/lint_context.h"

namespace innkeeper::migration {
namespace {

constexpr std::string_view two_steps =
    "Make the new beside the old, let the application change over, and drop the old in a later release.";

std::string locked_with(const lint_context& at, const relation_name& table) {
  const auto parents = at.known.parents_of(table);
  if (!parents.empty()) return fmt::format(" on it and on {}", in_quotes(parents));
  return at.known.facts_of(table) == nullptr ? " on it and on the tables that it refers to" : "";
}

void check_drop_table(const lint_context& at) {
  for (const auto& table : names_dropped(at.root)) {
    at.report_in_use(
        table,
        {.rule = "drop-table",
         .message = fmt::format("dropping {} loses its data and breaks the application that still uses it (ACCESS "
                                "EXCLUSIVE lock{})",
                                in_quotes(table), locked_with(at, table)),
         .hint = "Deploy an application that doesn't use it first, and drop its foreign keys one by one. Then allow "
                 "it here, with the reason."});
  }
}

std::string kind_of(const sql_node& drop) {
  std::string words;
  for (const char c : drop["removeType"].text().substr(std::string_view{"OBJECT_"}.size())) words += c == '_' ? ' ' : c;
  return words == "MATVIEW" ? "MATERIALIZED VIEW" : words;
}

bool is_of_fresh_tables(const lint_context& at) {
  if (at.root["removeType"].text() != "OBJECT_TABLE") return false;
  for (const auto& table : names_dropped(at.root)) {
    if (at.known.use_of(table) != table_use::fresh) return false;
  }
  return true;
}

void check_cascade(const lint_context& at) {
  if (at.root["behavior"].text() != "DROP_CASCADE" || is_of_fresh_tables(at)) return;
  at.report({.rule = "drop-cascade",
             .message = fmt::format("DROP {} {} CASCADE drops whatever depends on it, known or not", kind_of(at.root),
                                    in_quotes(names_dropped(at.root))),
             .hint = "Drop what depends on it by name first, and leave CASCADE out."});
}

void check_drop(const lint_context& at) {
  if (at.known.does_nothing(at.root)) return;
  const auto kind = at.root["removeType"].text();
  if (kind == "OBJECT_TABLE") check_drop_table(at);
  if (kind == "OBJECT_SCHEMA") {
    at.report({.rule = "drop-schema",
               .message = fmt::format("dropping schema {} takes away every name that the application reads in it",
                                      in_quotes(names_dropped(at.root))),
               .hint = "Drop its objects by name first, after the application stopped using them."});
  }
  check_cascade(at);
}

void check_truncate(const lint_context& at) {
  const bool cascades = at.root["behavior"].text() == "DROP_CASCADE";
  for (const auto& one : at.root["relations"].items()) {
    const auto table = relation_of(one);
    at.report_in_use(table, {.rule = "truncate",
                             .message = fmt::format(
                                 "TRUNCATE loses all rows of {} and blocks reads and writes (ACCESS EXCLUSIVE lock)",
                                 in_quotes(table)),
                             .hint = "Delete the rows in batches, by their key."});
    if (!cascades) continue;
    at.report_in_use(table, {.rule = "truncate-cascade",
                             .message = fmt::format("TRUNCATE … CASCADE empties every table that refers to {} as well",
                                                    in_quotes(table)),
                             .hint = "Name the tables, and leave CASCADE out."});
  }
}

struct rename_words {
  std::string_view rule;
  std::string what;
};

rename_words describe(const sql_node& rename) {
  const auto kind = rename["renameType"].text();
  const auto relation = in_quotes(relation_of(rename["relation"]));
  const auto old_name = in_quotes(rename["subname"].text());
  if (kind == "OBJECT_COLUMN" || kind == "OBJECT_ATTRIBUTE") {
    return {"rename-column", fmt::format("column {} of {}", old_name, relation)};
  }
  if (kind == "OBJECT_SCHEMA") return {"rename-schema", fmt::format("schema {}", old_name)};
  if (kind == "OBJECT_TABLE" || kind == "OBJECT_VIEW" || kind == "OBJECT_MATVIEW") return {"rename-table", relation};
  return {};
}

void check_rename(const lint_context& at) {
  const auto [rule, what] = describe(at.root);
  if (rule.empty() || at.known.does_nothing(at.root)) return;
  at.report_in_use(relation_of(at.root["relation"]),
                   {.rule = rule,
                    .message = fmt::format("renaming {} to {} breaks the application that still uses the old name",
                                           what, in_quotes(at.root["newname"].text())),
                    .hint = std::string{two_steps}});
}

void check_move(const lint_context& at) {
  if (at.root["objectType"].text() != "OBJECT_TABLE") return;
  const auto table = relation_of(at.root["relation"]);
  at.report_in_use(table,
                   {.rule = "rename-table",
                    .message = fmt::format("moving {} to schema {} breaks the application that still uses the old name",
                                           in_quotes(table), in_quotes(at.root["newschema"].text())),
                    .hint = std::string{two_steps}});
}

void check_rename_value(const lint_context& at) {
  const auto old_value = at.root["oldVal"].text();
  if (old_value.empty()) return;
  at.report(
      {.rule = "rename-enum-value",
       .message = fmt::format("renaming the value '{}' of {} breaks the application that still writes or reads it",
                              old_value, in_quotes(name_in(at.root["typeName"]))),
       .hint = "Add the new value, let the application change over, and leave the old one."});
}

}  // namespace

void lint_drops(const lint_context& at) {
  const auto type = at.root.type();
  if (type == "DropStmt") check_drop(at);
  if (type == "TruncateStmt") check_truncate(at);
  if (type == "DropdbStmt") {
    at.report({.rule = "drop-database",
               .message = fmt::format("dropping database {} loses all its data", in_quotes(at.root["dbname"].text())),
               .hint = "A migration is no place for it: take the database out of the manifest instead."});
  }
}

void lint_renames(const lint_context& at) {
  const auto type = at.root.type();
  if (type == "RenameStmt") check_rename(at);
  if (type == "AlterObjectSchemaStmt") check_move(at);
  if (type == "AlterEnumStmt") check_rename_value(at);
}

}  // namespace innkeeper::migration
