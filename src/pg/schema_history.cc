#include "pg/schema_history.h"

#include <fmt/format.h>

#include <cstdlib>

#include "embedded/catalog_sql.h"

namespace innkeeper::pg {
namespace {

using migration::stored_history;

bool is_absent(const error& failed) {
  return failed.sqlstate() == "42P01" || failed.sqlstate() == "3F000";
}

std::optional<stored_history> read_from(connection& session, const schema_name& schema) {
  std::vector<result> answers;
  try {
    answers = session.query_all(migration::read_history_sql(schema));
  } catch (const error& failed) {
    if (is_absent(failed)) return std::nullopt;
    throw;
  }
  stored_history stored{.schema = schema};
  if (answers.size() != 3 || answers[0].empty()) return std::nullopt;
  stored.format = std::atoi(answers[0].text(0, 0).c_str());
  stored.service = answers[0].text(0, 1);
  for (std::size_t row = 0; row < answers[1].size(); ++row) {
    stored.rows.push_back(migration::parse_history_row(
        [&](std::size_t column) -> const std::string& { return answers[1].text(row, column); }));
  }
  for (std::size_t row = 0; row < answers[2].size(); ++row) {
    stored.broken.push_back({answers[2].text(row, 0), answers[2].text(row, 1)});
  }
  return stored;
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::int64_t number_of(const result& from, std::size_t row, std::size_t column) {
  return std::strtoll(from.text(row, column).c_str(), nullptr, 10);
}

}  // namespace

stored_history read_history(connection& session, const schema_name& schema, const schema_name& elsewhere,
                            std::string_view service) {
  if (auto found = read_from(session, schema)) return std::move(*found);
  try {
    if (auto found = read_from(session, elsewhere); found && found->service == service) return std::move(*found);
  } catch (const error& failed) {
    if (failed.sqlstate() != "42501") throw;  // of the service that had the database to itself before
  }
  return {.schema = schema, .service = std::string{service}};
}

migration::lint_facts read_lint_facts(connection& session) {
  enum { path, extensions, tables, columns, indexes, foreign_keys, domains, count };
  migration::lint_facts facts{.server_version = session.server_version()};
  const auto answers = session.query_all(catalog_sql::table_facts_sql);
  if (answers.size() != count) return facts;
  if (!answers[path].empty()) facts.path = split_list(answers[path].text(0, 0));
  for (std::size_t i = 0; i < answers[extensions].size(); ++i) facts.extensions.insert(answers[extensions].text(i, 0));
  facts.tables.emplace();
  const auto table_of = [&](const result& rows, std::size_t row) -> migration::table_facts& {
    return (*facts.tables)[{rows.text(row, 0), rows.text(row, 1)}];
  };
  for (std::size_t i = 0; i < answers[tables].size(); ++i) {
    table_of(answers[tables], i) = {.rows = number_of(answers[tables], i, 2),
                                    .bytes = number_of(answers[tables], i, 3),
                                    .is_partitioned = answers[tables].text(i, 4) == "t"};
  }
  for (std::size_t i = 0; i < answers[columns].size(); ++i) {
    auto& table = table_of(answers[columns], i);
    table.columns[answers[columns].text(i, 2)] = answers[columns].text(i, 3);
    if (answers[columns].text(i, 4) == "t") table.not_null.insert(answers[columns].text(i, 2));
  }
  for (std::size_t i = 0; i < answers[indexes].size(); ++i) {
    table_of(answers[indexes], i).indexes[answers[indexes].text(i, 2)].push_back(answers[indexes].text(i, 3));
  }
  for (std::size_t i = 0; i < answers[foreign_keys].size(); ++i) {
    const auto& rows = answers[foreign_keys];
    table_of(rows, i).foreign_keys[rows.text(i, 2)] = {rows.text(i, 3), rows.text(i, 4)};
  }
  for (std::size_t i = 0; i < answers[domains].size(); ++i) {
    facts.constrained_domains.insert({answers[domains].text(i, 0), answers[domains].text(i, 1)});
  }
  return facts;
}

blocked_state look_at_blockers(connection& session, int waiting_pid) {
  const auto rows = session.query_with(catalog_sql::migration_blockers_sql, {std::to_string(waiting_pid)});
  blocked_state seen;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    seen.holders.push_back({.pid = static_cast<int>(number_of(rows, i, 0)),
                            .role = rows.text(i, 1),
                            .application = rows.text(i, 2),
                            .state = rows.text(i, 3),
                            .duration = rows.text(i, 4),
                            .query = rows.is_null(i, 3) ? std::string{} : rows.text(i, 5)});
    if (!rows.is_null(i, 6)) seen.waited = std::chrono::milliseconds{number_of(rows, i, 6)};
  }
  return seen;
}

std::string to_string(const blocker& one) {
  std::string text = fmt::format("pid {} of \"{}\"", one.pid, one.role);
  if (!one.application.empty()) text += fmt::format(" (\"{}\")", one.application);
  if (!one.state.empty()) text += ", " + one.state;
  if (!one.duration.empty()) text += fmt::format(" for {}", one.duration);
  if (!one.query.empty()) text += fmt::format(": {}", one.query);
  return text;
}

std::string migration_holder(connection& session, std::int64_t lock_key) {
  const auto rows = session.query_with(catalog_sql::migration_holder_sql, {std::to_string(lock_key)});
  if (rows.empty()) return {};
  std::string text = fmt::format("\"{}\" of \"{}\" (pid {})", rows.text(0, 1), rows.text(0, 2), rows.text(0, 0));
  if (!rows.is_null(0, 6)) text += fmt::format(", {}", rows.text(0, 6));
  if (!rows.is_null(0, 7)) text += fmt::format(", {} %", rows.text(0, 7));
  return text;
}

std::vector<std::string> find_ineffective_columns(connection& session, const std::string& columns) {
  const auto rows = session.query_with(catalog_sql::declared_columns_sql, {columns});
  std::vector<std::string> all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    all.push_back(rows.is_null(i, 2)
                      ? fmt::format("table {} has no column {}", rows.text(i, 0), rows.text(i, 1))
                      : fmt::format("column {} of table {} is {}", rows.text(i, 1), rows.text(i, 0), rows.text(i, 2)));
  }
  return all;
}

std::vector<std::string> find_ineffective_indexes(connection& session, const std::string& indexes) {
  const auto rows = session.query_with(catalog_sql::declared_indexes_sql, {indexes});
  std::vector<std::string> all;
  for (std::size_t i = 0; i < rows.size(); ++i)
    all.push_back(fmt::format("index {} is another one: {}", rows.text(i, 0), rows.text(i, 1)));
  return all;
}

std::optional<index_state> state_of_index(connection& session, const std::string& name) {
  const auto rows = session.query_with(catalog_sql::index_state_sql, {name});
  if (rows.empty()) return std::nullopt;
  index_state state{.definition = rows.text(0, 0), .is_valid = rows.text(0, 1) == "t"};
  if (!rows.is_null(0, 2)) state.builder = static_cast<int>(number_of(rows, 0, 2));
  if (!rows.is_null(0, 3)) state.leavings = split_list(rows.text(0, 3));
  state.is_unique = rows.text(0, 4) == "t";
  state.columns = rows.text(0, 5);
  return state;
}

}  // namespace innkeeper::pg
