#include "migration/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "core/sql.h"
#include "core/text.h"
#include "embedded/migration_sql.h"

namespace innkeeper::migration {
namespace {

constexpr std::array<std::string_view, 3> kind_words{"phase", "versioned", "repeatable"};
constexpr std::array<std::string_view, 6> state_words{"running",  "applied",   "failed",
                                                      "reverted", "baselined", "forgotten"};

constexpr std::string_view duration_until_now =
    "(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp()) * 1000)::bigint";

template <class Enum, std::size_t Size>
Enum parse_word(const std::array<std::string_view, Size>& words, std::string_view word) {
  const auto found = std::ranges::find(words, word);
  return static_cast<Enum>(found == words.end() ? 0 : found - words.begin());
}

std::string filled(std::string_view text, const schema_name& schema, std::string_view service = {}) {
  return replace_all(replace_all(std::string{text}, "@SCHEMA@", quoted(schema)), "@SERVICE@", quote_literal(service));
}

std::string literal_or_null(std::string_view text) {
  return text.empty() ? "NULL" : quote_literal(text);
}

std::string script_literal(std::optional<std::string_view> text) {
  return text ? quote_literal(*text) : "NULL";
}

}  // namespace

std::string_view to_string(item_kind one) {
  return kind_words.at(static_cast<std::size_t>(one));
}
std::string_view to_string(item_state one) {
  return state_words.at(static_cast<std::size_t>(one));
}
std::string_view to_string(direction one) {
  return one == direction::up ? "up" : "down";
}

bool history_row::is_applied() const {
  if (state == item_state::applied || state == item_state::baselined) return true;
  return way == direction::down && (state == item_state::failed || state == item_state::running);
}

const history_row* stored_history::find(item_kind kind, std::string_view version) const {
  const auto found =
      std::ranges::find_if(rows, [&](const history_row& row) { return row.kind == kind && row.version == version; });
  return found == rows.end() ? nullptr : &*found;
}

std::string create_history_sql(const schema_name& schema, std::string_view service,
                               const std::optional<role_name>& reader) {
  std::string sql = filled(migration_sql::history_sql, schema, service);
  if (reader) sql += fmt::format("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {};\n", quoted(schema), quoted(*reader));
  return sql;
}

std::string read_history_sql(const schema_name& schema) {
  return filled(migration_sql::read_history_sql, schema);
}

history_row parse_history_row(const std::function<const std::string&(std::size_t column)>& column) {
  std::size_t next = 0;
  const auto text = [&]() -> const std::string& { return column(next++); };
  const auto number = [&] { return std::strtoll(text().c_str(), nullptr, 10); };
  history_row row;
  row.kind = parse_word<item_kind>(kind_words, text());
  row.version = text();
  row.name = text();
  row.file = text();
  row.sums.raw = text();
  row.sums.normalized = text();
  row.way = text() == "down" ? direction::down : direction::up;
  row.state = parse_word<item_state>(state_words, text());
  row.statements_total = static_cast<int>(number());
  row.statements_done = static_cast<int>(number());
  row.checksum_done = text();
  row.has_down = text() == "true";
  row.minimum_app_version = text();
  row.app_version = text();
  row.tool_version = text();
  row.applied_by = text();
  row.host = text();
  row.started_at = text();
  row.finished_at = text();
  row.duration_ms = number();
  row.attempts = static_cast<int>(number());
  row.lock_wait_ms = number();
  row.error_sqlstate = text();
  row.error_text = text();
  row.error_line = static_cast<int>(number());
  row.id = number();
  return row;
}

std::string insert_row_sql(const schema_name& schema, const history_row& row, const stored_texts& texts) {
  const bool runs = row.state == item_state::running;
  return fmt::format(
      "INSERT INTO {}.history (kind, version, name, file, checksum_raw, checksum_norm, direction, state, "
      "statements_total, statements_done, checksum_done, started_at, finished_at, duration_ms, attempts, lock_wait_ms, "
      "error_sqlstate, error_text, error_line, host, app_version, minimum_app_version, tool_version, tx_id, up_sql, "
      "down_sql) VALUES ('{}', {}, {}, {}, '{}', '{}', '{}', '{}', {}, {}, {}, pg_catalog.transaction_timestamp(), {}, "
      "{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, pg_catalog.pg_current_xact_id()::text, {}, {}){}",
      quoted(schema), to_string(row.kind), quote_literal(row.version), quote_literal(row.name), quote_literal(row.file),
      row.sums.raw, row.sums.normalized, to_string(row.way), to_string(row.state), row.statements_total,
      row.statements_done, literal_or_null(row.checksum_done), runs ? "NULL" : "pg_catalog.clock_timestamp()",
      runs ? "NULL" : duration_until_now, row.attempts, row.lock_wait_ms, literal_or_null(row.error_sqlstate),
      literal_or_null(row.error_text), row.error_line, quote_literal(row.host), quote_literal(row.app_version),
      quote_literal(row.minimum_app_version), quote_literal(row.tool_version), script_literal(texts.up),
      script_literal(texts.down), runs ? " RETURNING id" : "");
}

std::string prepare_row_sql(const schema_name& schema) {
  return fmt::format(
      "PREPARE innkeeper_row (text, text, text, text, text, text, text, text, integer, integer, text, integer, bigint, "
      "text, text, text, text, text, text) AS INSERT INTO {}.history (kind, version, name, file, checksum_raw, "
      "checksum_norm, direction, state, statements_total, statements_done, checksum_done, started_at, finished_at, "
      "duration_ms, attempts, lock_wait_ms, error_line, host, app_version, minimum_app_version, tool_version, tx_id, "
      "up_sql, down_sql) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, pg_catalog.transaction_timestamp(), "
      "pg_catalog.clock_timestamp(), {}, $12, $13, 0, $14, $15, $16, $17, pg_catalog.pg_current_xact_id()::text, $18, "
      "$19)",
      quoted(schema), duration_until_now);
}

std::string insert_prepared_row_sql(const history_row& row, const stored_texts& texts) {
  return fmt::format(
      "EXECUTE innkeeper_row ('{}', {}, {}, {}, '{}', '{}', '{}', '{}', {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})",
      to_string(row.kind), quote_literal(row.version), quote_literal(row.name), quote_literal(row.file), row.sums.raw,
      row.sums.normalized, to_string(row.way), to_string(row.state), row.statements_total, row.statements_done,
      literal_or_null(row.checksum_done), row.attempts, row.lock_wait_ms, quote_literal(row.host),
      quote_literal(row.app_version), quote_literal(row.minimum_app_version), quote_literal(row.tool_version),
      script_literal(texts.up), script_literal(texts.down));
}

std::string forget_prepared_row_sql() {
  return "DEALLOCATE innkeeper_row";
}

std::string progress_sql(const schema_name& schema, std::int64_t id, int statements_done,
                         std::string_view checksum_done) {
  return fmt::format("UPDATE {}.history SET statements_done = {}, checksum_done = '{}' WHERE id = {}", quoted(schema),
                     statements_done, checksum_done, id);
}

std::string finish_row_sql(const schema_name& schema, const history_row& row) {
  return fmt::format(
      "UPDATE {}.history SET state = '{}', finished_at = pg_catalog.clock_timestamp(), "
      "duration_ms = (EXTRACT(epoch FROM pg_catalog.clock_timestamp() - started_at) * 1000)::bigint, "
      "attempts = {}, lock_wait_ms = {}, error_sqlstate = {}, error_text = {}, error_line = {} "
      "WHERE id = {}",
      quoted(schema), to_string(row.state), row.attempts, row.lock_wait_ms, literal_or_null(row.error_sqlstate),
      literal_or_null(row.error_text), row.error_line, row.id);
}

std::string read_scripts_sql(const schema_name& schema, item_kind kind, std::string_view version) {
  return fmt::format(
      "SELECT up_sql, down_sql FROM {}.history WHERE kind = '{}' AND version = {} AND up_sql IS NOT NULL "
      "ORDER BY id DESC LIMIT 1",
      quoted(schema), to_string(kind), quote_literal(version));
}

}  // namespace innkeeper::migration
