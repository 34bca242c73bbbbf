#include "migration/lint_context.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "core/source_text.h"

namespace innkeeper::migration {
namespace {

// A file that takes back what another made is meant to destroy it.
constexpr auto expected_on_the_way_down = std::to_array<std::string_view>(
    {"drop-column", "drop-table", "drop-schema", "drop-database", "drop-cascade", "drop-constraint-fk", "truncate",
     "truncate-cascade", "mutation-without-where", "rename-column", "rename-table", "rename-schema",
     "rename-enum-value", "enum-value-removal"});

lint_level level_of(const lint_file& file, const found& one) {
  const auto* rule = find_lint_rule(one.rule);
  const bool is_expected = std::find(expected_on_the_way_down.begin(), expected_on_the_way_down.end(), one.rule) !=
                           expected_on_the_way_down.end();
  if (file.is_down && is_expected) return lint_level::info;
  return one.level.value_or(rule == nullptr ? lint_level::error : rule->level);
}

location place_of(const sql_statement& statement, std::optional<std::int64_t> offset) {
  if (!offset || *offset <= 0) return statement.where;
  const auto bytes = std::min(static_cast<std::size_t>(*offset), statement.text.size());
  int character = 1;
  for (std::size_t at = 0; at < bytes; ++character) {
    at += std::max<std::size_t>(1, utf8_length(std::string_view{statement.text}.substr(at)));
  }
  return place_in(statement, character);
}

found as_warning_at_most(found one) {
  const auto* rule = find_lint_rule(one.rule);
  const auto level = one.level.value_or(rule == nullptr ? lint_level::error : rule->level);
  if (level == lint_level::error) one.level = lint_level::warning;
  return one;
}

std::string_view next_word(std::string_view& rest) {
  const auto begin = rest.find_first_not_of(" \t");
  rest.remove_prefix(std::min(begin, rest.size()));
  const auto word = rest.substr(0, rest.find_first_of(" \t"));
  rest.remove_prefix(word.size());
  return word;
}

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return std::string{text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1)};
}

std::string reason_of(const lint_file& file, const sql_statement& statement, const std::string& rule) {
  const auto of_file = file.ignored.find(rule);
  if (of_file != file.ignored.end() && !of_file->second.empty()) return of_file->second;
  if (statement.comments.empty()) return {};
  const auto ignored = ignored_by_comments(statement);
  const auto of_statement = ignored.find(rule);
  return of_statement == ignored.end() ? "" : of_statement->second;
}

}  // namespace

std::map<std::string, std::string> ignored_by_comments(const sql_statement& statement) {
  std::map<std::string, std::string> ignored;
  for (const auto& comment : statement.comments) {
    std::string_view rest{comment};
    if (!rest.starts_with("--")) continue;
    rest.remove_prefix(2);
    if (next_word(rest) != "innkeeper:" || next_word(rest) != "lint-ignore") continue;
    const auto rule = next_word(rest);
    if (!rule.empty()) ignored[std::string{rule}] = trimmed(rest);
  }
  return ignored;
}

void lint_collector::add(const lint_file& file, const sql_statement& statement, std::size_t order, found one) {
  const auto level = level_of(file, one);
  add(order, {.rule = std::string{one.rule},
              .level = level,
              .where = place_of(statement, one.offset),
              .message = std::move(one.message),
              .hint = std::move(one.hint),
              .rewrite = std::move(one.rewrite),
              .ignored = reason_of(file, statement, std::string{one.rule})});
}

void lint_collector::add(std::size_t order, lint_finding finding) {
  entries_.push_back({order, std::move(finding)});
}

std::vector<lint_finding> lint_collector::take() {
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const entry& left, const entry& right) { return left.order < right.order; });
  std::vector<lint_finding> all;
  all.reserve(entries_.size());
  for (auto& one : entries_) all.push_back(std::move(one.finding));
  return all;
}

void lint_context::report(found one) const {
  if (!one.offset) one.offset = offset;
  findings.add(file, statement, order, std::move(one));
}

void lint_context::report_in_use(const relation_name& table, found one) const {
  switch (known.use_of(table)) {
    case table_use::fresh:
      return;
    case table_use::maybe_fresh:
      return report(as_warning_at_most(std::move(one)));
    case table_use::empty:
    case table_use::small:
    case table_use::busy:
      return report(std::move(one));
  }
}

void lint_context::report_by_size(const relation_name& table, found one) const {
  switch (known.use_of(table)) {
    case table_use::fresh:
    case table_use::empty:
      return;
    case table_use::maybe_fresh:
    case table_use::small:
      return report(as_warning_at_most(std::move(one)));
    case table_use::busy:
      return report(std::move(one));
  }
}

std::string lint_context::no_transaction(const std::string& statements) const {
  return file.is_transactional ? "-- innkeeper: no-transaction\n" + statements : statements;
}

std::string lint_context::separate(const std::vector<std::string>& statements) const {
  return fmt::format("{}", fmt::join(statements, file.is_transactional ? "\n-- in a later file:\n" : "\n"));
}

std::string alter_context::alter(std::string_view command_text) const {
  return fmt::format("{} {};", words().head, command_text);
}

std::vector<std::string> alter_context::others() const {
  auto all = words();
  if (all.commands.size() < 2 || index >= all.commands.size()) return {};
  all.commands.erase(all.commands.begin() + static_cast<std::ptrdiff_t>(index));
  return {fmt::format("{} {};", all.head, fmt::join(all.commands, ", "))};
}

std::string in_quotes(const relation_name& name) {
  return name.schema.empty() ? in_quotes(name.name) : fmt::format("\"{}.{}\"", name.schema, name.name);
}

std::string in_quotes(std::string_view name) {
  return fmt::format("\"{}\"", name);
}

std::string in_quotes(const std::vector<relation_name>& names) {
  std::vector<std::string> all;
  for (const auto& one : names) all.push_back(in_quotes(one));
  return fmt::format("{}", fmt::join(all, ", "));
}

}  // namespace innkeeper::migration
