#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "core/text.h"
#include "migration/column_types.h"
#include "migration/lint_context.h"

namespace innkeeper::migration {
namespace {

constexpr int first_with_not_valid_on_partitioned = 180000;
constexpr int first_with_not_null_not_valid = 180000;

std::string joined(const std::vector<std::string>& columns) {
  return fmt::format("{}", fmt::join(columns, "_"));
}

// The columns that an expression speaks of.
std::set<std::string> columns_in(const sql_node& expression) {
  std::set<std::string> columns;
  expression.walk([&](const sql_node& node) {
    if (node.type() == "ColumnRef") columns.insert(last_name(node["fields"]));
  });
  return columns;
}

// The constraint's name, or that which PostgreSQL would give it.
std::string name_of(const sql_node& constraint, const relation_name& table) {
  auto name = constraint["conname"].text();
  if (!name.empty()) return name;
  const auto kind = constraint["contype"].text();
  if (kind == "CONSTR_PRIMARY") return default_object_name(table.name, "", "pkey");
  if (kind == "CONSTR_UNIQUE") return default_object_name(table.name, joined(names_of(constraint["keys"])), "key");
  if (kind == "CONSTR_FOREIGN") {
    return default_object_name(table.name, joined(names_of(constraint["fk_attrs"])), "fkey");
  }
  const auto columns = columns_in(constraint["raw_expr"]);
  return default_object_name(table.name, columns.size() == 1 ? *columns.begin() : "", "check");
}

// The command's words behind ADD [CONSTRAINT name].
std::string constraint_words(const std::string& command) {
  const sql_words words{command};
  return words.slice(words.is(1, "constraint") ? 3 : 1, words.size());
}

std::string validate(const alter_context& at, const std::string& name) {
  return at.alter(fmt::format("VALIDATE CONSTRAINT {}", sql_name(name)));
}

// … NOT VALID, and VALIDATE in another transaction.
std::string not_valid_first(const alter_context& at) {
  const auto commands = at.words().commands;
  if (at.index >= commands.size()) return {};
  const auto name = name_of(at.definition(), at.table);
  auto statements = at.others();
  std::string first = statements.empty() ? "" : statements.front() + "\n";
  first +=
      at.alter(fmt::format("ADD CONSTRAINT {} {} NOT VALID", sql_name(name), constraint_words(commands[at.index])));
  return at.at.separate({first, validate(at, name)});
}

void check_partitioned(const alter_context& at) {
  if (!at.at.known.is_partitioned(at.table) || at.at.known.version() >= first_with_not_valid_on_partitioned) return;
  at.at.report(
      {.rule = "fk-not-valid-on-partitioned",
       .message = fmt::format("{} is partitioned: a foreign key cannot be NOT VALID on it before PostgreSQL 18",
                              in_quotes(at.table)),
       .hint = "Add the foreign key to each partition with NOT VALID, validate those, then add it to the "
               "partitioned table, which finds them."});
}

void check_foreign_key(const alter_context& at) {
  const auto constraint = at.definition();
  if (constraint["skip_validation"].flag()) return check_partitioned(at);
  const auto parent = relation_of(constraint["pktable"]);
  const bool is_self = parent == at.table;
  const bool parent_is_new = at.at.known.use_of(parent) == table_use::fresh;
  found one{.rule = "fk-not-valid",
            .message = fmt::format("adding a foreign key from {} to {} blocks writes to {} while the rows are checked "
                                   "(SHARE ROW EXCLUSIVE lock)",
                                   in_quotes(at.table), in_quotes(parent), is_self ? "it" : "both"),
            .hint =
                "Add it with NOT VALID, which checks new rows only, and VALIDATE it in a later transaction, which "
                "blocks nobody.",
            .rewrite = not_valid_first(at)};
  if (at.at.known.use_of(at.table) != table_use::fresh) return at.at.report_in_use(at.table, std::move(one));
  if (is_self || parent_is_new) return;
  one.level = lint_level::info;
  one.message = fmt::format(
      "the foreign key from {} blocks writes to {} until the transaction ends (SHARE ROW EXCLUSIVE "
      "lock)",
      in_quotes(at.table), in_quotes(parent));
  one.hint = "Keep the transaction short.";
  one.rewrite.clear();
  at.at.report(std::move(one));
}

void check_check(const alter_context& at) {
  if (at.definition()["skip_validation"].flag()) return;
  at.at.report_by_size(
      at.table,
      {.rule = "check-not-valid",
       .message =
           fmt::format("adding a CHECK to {} blocks reads and writes while every row is checked (ACCESS EXCLUSIVE "
                       "lock)",
                       in_quotes(at.table)),
       .hint =
           "Add it with NOT VALID, which checks new rows only, and VALIDATE it in a later transaction, which blocks "
           "nobody.",
       .rewrite = not_valid_first(at)});
}

// CREATE UNIQUE INDEX CONCURRENTLY and USING INDEX; "" where the constraint says more than its columns.
std::string index_first(const alter_context& at, std::string_view kind) {
  const auto commands = at.words().commands;
  if (at.index >= commands.size()) return {};
  const auto text = constraint_words(commands[at.index]);
  const sql_words words{text};
  const std::size_t open = words.find("(");
  const std::size_t behind = words.behind_parentheses(open);
  const bool is_plain = open < words.size() && (behind == words.size() || words.is(behind, "deferrable"));
  if (!is_plain || words.find("nulls") < open) return {};
  const auto name = sql_name(name_of(at.definition(), at.table));
  auto statements = at.others();
  statements.push_back(fmt::format("CREATE UNIQUE INDEX CONCURRENTLY {} ON {} {};", name, sql_name(at.table),
                                   words.slice(open, behind)));
  statements.push_back(at.alter(fmt::format("ADD CONSTRAINT {} {} USING INDEX {}{}{}", name, kind, name,
                                            behind < words.size() ? " " : "", words.slice(behind, words.size()))));
  return at.at.no_transaction(fmt::format("{}", fmt::join(statements, "\n")));
}

void check_unique(const alter_context& at) {
  if (at.definition()["indexname"]) return;
  at.at.report_by_size(
      at.table, {.rule = "add-unique",
                 .message = fmt::format("adding UNIQUE to {} blocks reads and writes until its index is built (ACCESS "
                                        "EXCLUSIVE lock)",
                                        in_quotes(at.table)),
                 .hint = "Build a unique index with CONCURRENTLY, and add the constraint USING INDEX.",
                 .rewrite = index_first(at, "UNIQUE")});
}

void check_primary_key(const alter_context& at) {
  if (at.definition()["indexname"]) return;
  at.at.report_by_size(
      at.table,
      {.rule = "add-primary-key",
       .message =
           fmt::format("adding a primary key to {} blocks reads and writes until its index is built and its columns "
                       "are checked for null (ACCESS EXCLUSIVE lock)",
                       in_quotes(at.table)),
       .hint = "Make the columns NOT NULL first, build a unique index with CONCURRENTLY, and add the primary key USING "
               "INDEX.",
       .rewrite = index_first(at, "PRIMARY KEY")});
}

void check_exclusion(const alter_context& at) {
  at.at.report_by_size(
      at.table,
      {.rule = "add-exclusion",
       .message = fmt::format("adding EXCLUDE to {} blocks reads and writes until its index is built (ACCESS "
                              "EXCLUSIVE lock)",
                              in_quotes(at.table)),
       .hint = "There is no NOT VALID for it: make a new table with the constraint and move the rows over, or "
               "choose a time when nobody uses the table."});
}

void check_validate(const alter_context& at) {
  const auto name = at.command["name"].text();
  if (!at.at.known.transaction().not_valid.contains({at.at.known.resolve(at.table), name})) return;
  at.at.report_by_size(
      at.table, {.rule = "validate-same-tx",
                 .message = fmt::format(
                     "{} is validated in the transaction that adds it: the lock on {} is kept while every row is "
                     "checked",
                     in_quotes(name), in_quotes(at.table)),
                 .hint = "Move VALIDATE CONSTRAINT into a later file."});
}

std::string not_null_steps(const alter_context& at, const std::string& column) {
  const auto name = default_object_name(at.table.name, column, "not_null");
  if (at.at.known.version() >= first_with_not_null_not_valid) {
    const auto added = fmt::format("ADD CONSTRAINT {} NOT NULL {} NOT VALID", sql_name(name), sql_name(column));
    return at.at.separate({at.alter(added), validate(at, name)});
  }
  const auto check =
      fmt::format("ADD CONSTRAINT {} CHECK ({} IS NOT NULL) NOT VALID", sql_name(name), sql_name(column));
  const auto set = fmt::format("ALTER COLUMN {} SET NOT NULL", sql_name(column));
  const auto drop = fmt::format("DROP CONSTRAINT {}", sql_name(name));
  return at.at.separate({at.alter(check), validate(at, name), at.alter(set) + "\n" + at.alter(drop)});
}

void check_set_not_null(const alter_context& at) {
  const auto column = at.command["name"].text();
  if (at.at.known.is_not_null(at.table, column)) return;
  const bool has_native_way = at.at.known.version() >= first_with_not_null_not_valid;
  at.at.report_by_size(
      at.table, {.rule = "set-not-null",
                 .message = fmt::format(
                     "SET NOT NULL on column {} of {} blocks reads and writes while every row is checked (ACCESS "
                     "EXCLUSIVE lock)",
                     in_quotes(column), in_quotes(at.table)),
                 .hint = has_native_way
                             ? "Add the constraint with NOT VALID, and VALIDATE it in a later transaction."
                             : "Add a CHECK with NOT VALID, VALIDATE it in a later transaction, and then set NOT NULL, "
                               "which believes the CHECK and reads nothing.",
                 .rewrite = not_null_steps(at, column)});
}

bool looks_like_foreign_key(const std::string& constraint) {
  return constraint.ends_with("_fkey") || constraint.ends_with("_fk") || constraint.starts_with("fk_");
}

void check_drop_constraint(const alter_context& at) {
  const auto name = at.command["name"].text();
  const auto parent = at.at.known.parent_of(at.table, name);
  if (!parent && !looks_like_foreign_key(name)) return;
  if (parent && at.at.known.use_of(*parent) == table_use::fresh) return;
  const auto other = parent ? in_quotes(*parent) : "the table it refers to";
  at.at.report_in_use(
      at.table, {.rule = "drop-constraint-fk",
                 .message = fmt::format(
                     "dropping the foreign key {} blocks reads and writes of {} and of {} (ACCESS EXCLUSIVE lock)",
                     in_quotes(name), in_quotes(at.table), other),
                 .hint = "Drop it alone in a file, so that both locks are held for a moment only."});
}

void check_drop_not_null(const alter_context& at) {
  const auto column = at.command["name"].text();
  at.at.report_in_use(
      at.table, {.rule = "drop-not-null",
                 .message = fmt::format("column {} of {} may be null from now on, which the running application may "
                                        "not expect",
                                        in_quotes(column), in_quotes(at.table)),
                 .hint = "Deploy the application that reads null first."});
}

}  // namespace

void lint_added_constraint(const alter_context& at) {
  const auto kind = at.definition()["contype"].text();
  if (kind == "CONSTR_FOREIGN") check_foreign_key(at);
  if (kind == "CONSTR_CHECK") check_check(at);
  if (kind == "CONSTR_UNIQUE") check_unique(at);
  if (kind == "CONSTR_PRIMARY") check_primary_key(at);
  if (kind == "CONSTR_EXCLUSION") check_exclusion(at);
}

void lint_constraint_change(const alter_context& at) {
  const auto kind = at.command["subtype"].text();
  if (kind == "AT_ValidateConstraint") check_validate(at);
  if (kind == "AT_SetNotNull") check_set_not_null(at);
  if (kind == "AT_DropConstraint") check_drop_constraint(at);
  if (kind == "AT_DropNotNull") check_drop_not_null(at);
}

}  // namespace innkeeper::migration
