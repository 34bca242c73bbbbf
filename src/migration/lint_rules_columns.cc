#include <fmt/format.h>
#include <fmt/ranges.h>

#include "migration/column_types.h"
#include "migration/lint_context.h"

namespace innkeeper::migration {
namespace {

constexpr int first_with_virtual_columns = 180000;

std::string column_name(const alter_context& at) {
  return at.definition()["colname"].text();
}

std::string rewrite_message(const alter_context& at, std::string_view what) {
  return fmt::format(
      "adding column {} {} writes {} anew and blocks reads and writes until then (ACCESS EXCLUSIVE lock)",
      in_quotes(column_name(at)), what, in_quotes(at.table));
}

// The words of a constraint of a column, with its DEFERRABLE and the like: from its own first word to the next
// constraint's.
struct constraint_span {
  std::size_t from = 0;
  std::size_t to = 0;
};
constraint_span span_of(const sql_words& words, const sql_node& column, const sql_node& constraint,
                        std::size_t command_end) {
  const auto begin = constraint["location"].number();
  std::int64_t end = static_cast<std::int64_t>(command_end);
  for (const auto& one : column["constraints"].items()) {
    const auto place = one["location"].number();
    const bool is_attribute = one["contype"].text().starts_with("CONSTR_ATTR");
    if (place > begin && place < end && !is_attribute) end = place;
  }
  return {words.at_offset(static_cast<std::size_t>(begin)), words.at_offset(static_cast<std::size_t>(end))};
}

// Where the command ends in the statement: at the comma behind it.
std::size_t end_of_command(const alter_context& at) {
  const auto split = at.words();
  if (at.index + 1 >= split.begins.size()) return at.at.statement.text.size();
  const sql_words words{at.at.statement.text};
  return words.offset(words.at_offset(split.begins[at.index + 1]) - 1);
}

struct split_column {
  std::string command;     // ADD COLUMN without the constraint
  std::string constraint;  // its words, without CONSTRAINT name
};
std::optional<split_column> without_constraint(const alter_context& at, const sql_node& constraint) {
  const auto begins = at.words().begins;
  if (at.index >= begins.size()) return std::nullopt;
  const sql_words words{at.at.statement.text};
  const std::size_t end = end_of_command(at);
  const auto span = span_of(words, at.definition(), constraint, end);
  auto command = words.slice(words.at_offset(begins[at.index]), span.from);
  const auto rest = words.slice(span.to, words.at_offset(end));
  if (!rest.empty()) command += " " + rest;
  const std::size_t named = words.is(span.from, "constraint") ? 2 : 0;
  return split_column{command, words.slice(span.from + named, span.to)};
}

std::string statements_with(const alter_context& at, const std::vector<std::string>& statements) {
  auto all = at.others();
  all.insert(all.end(), statements.begin(), statements.end());
  return fmt::format("{}", fmt::join(all, "\n"));
}

std::string reference_apart(const alter_context& at, const sql_node& constraint) {
  const auto split = without_constraint(at, constraint);
  if (!split) return {};
  const auto column = column_name(at);
  auto name = constraint["conname"].text();
  if (name.empty()) name = default_object_name(at.table.name, column, "fkey");
  const auto added = fmt::format("ADD CONSTRAINT {} FOREIGN KEY ({}) {} NOT VALID", sql_name(name), sql_name(column),
                                 split->constraint);
  return at.at.separate({statements_with(at, {at.alter(split->command), at.alter(added)}),
                         at.alter(fmt::format("VALIDATE CONSTRAINT {}", sql_name(name)))});
}

void check_reference(const alter_context& at, const sql_node& constraint) {
  const auto parent = relation_of(constraint["pktable"]);
  const bool reads_rows = static_cast<bool>(constraint_of(at.definition(), "CONSTR_DEFAULT"));
  at.at.report_in_use(
      at.table,
      {.rule = "add-column-references",
       .message = fmt::format("adding column {} with REFERENCES blocks reads and writes of {} (ACCESS EXCLUSIVE "
                              "lock) and writes to {} (SHARE ROW EXCLUSIVE lock){}",
                              in_quotes(column_name(at)), in_quotes(at.table), in_quotes(parent),
                              reads_rows ? " while every row is checked" : ""),
       .hint = "Add the column without it, add the foreign key with NOT VALID, and VALIDATE it in a later "
               "transaction.",
       .rewrite = reference_apart(at, constraint),
       .level = reads_rows ? lint_level::error : lint_level::warning});
}

void check_column_unique(const alter_context& at, const sql_node& constraint) {
  const auto split = without_constraint(at, constraint);
  const auto column = column_name(at);
  auto name = constraint["conname"].text();
  if (name.empty()) name = default_object_name(at.table.name, column, "key");
  const auto index = fmt::format("CREATE UNIQUE INDEX CONCURRENTLY {} ON {} ({});", sql_name(name), sql_name(at.table),
                                 sql_name(column));
  const auto added = fmt::format("ADD CONSTRAINT {0} UNIQUE USING INDEX {0}", sql_name(name));
  at.at.report_by_size(
      at.table,
      {.rule = "add-unique",
       .message =
           fmt::format("adding UNIQUE to {} blocks reads and writes until its index is built (ACCESS EXCLUSIVE lock)",
                       in_quotes(at.table)),
       .hint = "Add the column without it, build a unique index with CONCURRENTLY, and add the constraint USING INDEX.",
       .rewrite =
           split ? at.at.no_transaction(statements_with(at, {at.alter(split->command), index, at.alter(added)})) : ""});
}

void check_column_check(const alter_context& at, const sql_node& constraint) {
  const auto split = without_constraint(at, constraint);
  auto name = constraint["conname"].text();
  if (name.empty()) name = default_object_name(at.table.name, column_name(at), "check");
  std::string rewrite;
  if (split) {
    const auto added = fmt::format("ADD CONSTRAINT {} {} NOT VALID", sql_name(name), split->constraint);
    rewrite = at.at.separate({statements_with(at, {at.alter(split->command), at.alter(added)}),
                              at.alter(fmt::format("VALIDATE CONSTRAINT {}", sql_name(name)))});
  }
  at.at.report_by_size(
      at.table,
      {.rule = "check-not-valid",
       .message = fmt::format("adding a CHECK to {} blocks reads and writes while every row is checked (ACCESS "
                              "EXCLUSIVE lock)",
                              in_quotes(at.table)),
       .hint = "Add the column without it, add the CHECK with NOT VALID, and VALIDATE it in a later transaction.",
       .rewrite = std::move(rewrite)});
}

void check_column_key(const alter_context& at) {
  at.at.report_by_size(
      at.table,
      {.rule = "add-primary-key",
       .message =
           fmt::format("adding a primary key to {} blocks reads and writes until its index is built and its columns "
                       "are checked for null (ACCESS EXCLUSIVE lock)",
                       in_quotes(at.table)),
       .hint =
           "Add the column, fill it in batches, make it NOT NULL, build a unique index with CONCURRENTLY, and add the "
           "primary key USING INDEX."});
}

bool fills_itself(const sql_node& column) {
  return is_serial(type_of(column["typeName"])) || constraint_of(column, "CONSTR_IDENTITY") ||
         constraint_of(column, "CONSTR_GENERATED");
}

void check_required(const alter_context& at) {
  const auto column = at.definition();
  const auto not_null = constraint_of(column, "CONSTR_NOTNULL");
  if (!not_null || constraint_of(column, "CONSTR_DEFAULT") || fills_itself(column)) return;
  at.at.report_in_use(
      at.table,
      {.rule = "add-required-column",
       .message = fmt::format("column {} is NOT NULL without a default: adding it to {} fails if there are rows, "
                              "and breaks writers that don't know it",
                              in_quotes(column_name(at)), in_quotes(at.table)),
       .hint = "Give it a DEFAULT, which costs nothing where it doesn't change from row to row; or add it without "
               "NOT NULL, fill it in batches, and then make it NOT NULL."});
}

std::string default_apart(const alter_context& at, const sql_node& constraint) {
  const auto split = without_constraint(at, constraint);
  if (!split || constraint_of(at.definition(), "CONSTR_NOTNULL")) return {};
  const auto set = fmt::format("ALTER COLUMN {} SET {}", sql_name(column_name(at)), split->constraint);
  return statements_with(at, {at.alter(split->command), at.alter(set)});
}

void check_default(const alter_context& at) {
  const auto constraint = constraint_of(at.definition(), "CONSTR_DEFAULT");
  const auto kind = volatility_of(constraint["raw_expr"]);
  if (!constraint || kind == volatility::stable) return;
  const bool is_sure = kind == volatility::changing;
  found one{.rule = "volatile-default",
            .message = rewrite_message(at, "with a default that changes from row to row"),
            .hint = "Add the column without the default, set the default, and fill the old rows in batches.",
            .rewrite = default_apart(at, constraint)};
  if (!is_sure) {
    one.level = lint_level::warning;
    one.message = rewrite_message(at, "with a default that calls a function, if that is volatile,");
  }
  at.at.report_by_size(at.table, std::move(one));
}

void check_numbered(const alter_context& at) {
  const auto column = at.definition();
  if (!is_serial(type_of(column["typeName"])) && !constraint_of(column, "CONSTR_IDENTITY")) return;
  at.at.report_by_size(
      at.table, {.rule = "serial-or-identity-column",
                 .message = rewrite_message(at, "that numbers the rows"),
                 .hint = "Add a column that may be null, set nextval() of a new sequence as its default, and fill "
                         "the old rows in batches."});
}

void check_generated(const alter_context& at) {
  if (!constraint_of(at.definition(), "CONSTR_GENERATED")) return;
  const bool has_virtual = at.at.known.version() >= first_with_virtual_columns;
  at.at.report_by_size(at.table,
                       {.rule = "stored-generated",
                        .message = rewrite_message(at, "that is generated and stored"),
                        .hint = has_virtual ? "Make it VIRTUAL, which writes nothing; or an ordinary column that "
                                              "a trigger fills, with the old rows filled in batches."
                                            : "Add an ordinary column that a trigger fills, and fill the old "
                                              "rows in batches."});
}

void check_domain(const alter_context& at) {
  const auto type = type_of(at.definition()["typeName"]);
  if (is_built_in(type) || !at.at.known.is_constrained_domain({type.schema, type.name})) return;
  at.at.report_by_size(at.table, {.rule = "constrained-domain-column",
                                  .message = rewrite_message(at, "of a domain with a constraint"),
                                  .hint = "Use the domain's base type, and add a CHECK to the table with NOT VALID."});
}

std::optional<column_type> type_before(const alter_context& at, const std::string& column) {
  const auto* facts = at.at.known.facts_of(at.table);
  if (facts == nullptr) return std::nullopt;
  const auto known = facts->columns.find(column);
  return known == facts->columns.end() ? std::nullopt : parse_column_type(known->second);
}

void check_change_type(const alter_context& at) {
  const auto column = at.command["name"].text();
  const auto change = judge_type_change(type_before(at, column), type_of(at.definition()["typeName"]), column,
                                        at.definition()["raw_default"]);
  if (change == type_change::keeps_rows) return;
  const bool is_sure = change == type_change::rewrites;
  at.at.report_by_size(
      at.table,
      {.rule = "change-type",
       .message =
           fmt::format("changing the type of column {} writes {} anew{} and blocks reads and writes until then "
                       "(ACCESS EXCLUSIVE lock)",
                       in_quotes(column), in_quotes(at.table), is_sure ? "" : ", unless the old type allows else,"),
       .hint = "Add a column of the new type, write both, fill the old rows in batches, and let the application change "
               "over.",
       .level = is_sure ? lint_level::error : lint_level::warning});
}

void check_drop_column(const alter_context& at) {
  const auto column = at.command["name"].text();
  at.at.report_in_use(
      at.table,
      {.rule = "drop-column",
       .message = fmt::format("dropping column {} of {} loses its data and breaks the application that still uses "
                              "it (ACCESS EXCLUSIVE lock)",
                              in_quotes(column), in_quotes(at.table)),
       .hint = "Deploy an application that doesn't use it first. Then allow it here, with the reason."});
}

}  // namespace

void lint_column_constraint(const alter_context& at, const sql_node& constraint) {
  const auto kind = constraint["contype"].text();
  if (kind == "CONSTR_FOREIGN") check_reference(at, constraint);
  if (kind == "CONSTR_UNIQUE") check_column_unique(at, constraint);
  if (kind == "CONSTR_CHECK") check_column_check(at, constraint);
  if (kind == "CONSTR_PRIMARY") check_column_key(at);
}

void lint_added_column(const alter_context& at) {
  for (const auto& constraint : at.definition()["constraints"].items()) lint_column_constraint(at, constraint);
  check_required(at);
  check_default(at);
  check_numbered(at);
  check_generated(at);
  check_domain(at);
}

void lint_column_change(const alter_context& at) {
  const auto kind = at.command["subtype"].text();
  if (kind == "AT_AlterColumnType") check_change_type(at);
  if (kind == "AT_DropColumn") check_drop_column(at);
}

}  // namespace innkeeper::migration
