#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"
#include "migration/lint_context.h"

namespace innkeeper::migration {
namespace {

constexpr int first_corrupting_server = 140000;
constexpr int first_mended_server = 140004;

constexpr std::string_view no_transaction_hint =
    "Begin the file with \"-- innkeeper: no-transaction\": its statements are then sent one by one.";

std::string column_part(const sql_node& element) {
  const auto name = element["name"].text();
  return name.empty() ? "expr" : name;
}

// As PostgreSQL would choose it.
std::string chosen_index_name(const sql_node& index) {
  std::string columns;
  for (const auto& one : index["indexParams"].items()) columns += (columns.empty() ? "" : "_") + column_part(one);
  return default_object_name(index["relation"]["relname"].text(), columns, "idx");
}

// The statement with CONCURRENTLY and a name, and without IF NOT EXISTS.
std::string concurrent_index(const lint_context& at) {
  const sql_words words{at.statement.text};
  const std::size_t index = words.find("index");
  const std::size_t on = words.find("on", index);
  auto name = at.root["idxname"].text();
  if (name.empty()) name = chosen_index_name(at.root);
  return fmt::format("{} CONCURRENTLY {} {};", words.slice(0, index + 1), sql_name(name),
                     words.slice(on, words.size()));
}

void check_corruption(const lint_context& at) {
  const int version = at.known.version();
  if (version < first_corrupting_server || version >= first_mended_server) return;
  at.report({.rule = "concurrent-index-corruption",
             .message = fmt::format("PostgreSQL 14.{} can leave out rows of an index that is built concurrently",
                                    version - first_corrupting_server),
             .hint = "Update the server to 14.4 or later first."});
}

void check_in_transaction(const lint_context& at, std::string_view what) {
  if (!at.known.in_transaction()) return;
  at.report({.rule = "concurrent-in-tx",
             .message = fmt::format("{} cannot run inside a transaction", what),
             .hint = std::string{no_transaction_hint},
             .rewrite = at.no_transaction(sql_words{at.statement.text}.all() + ";")});
}

void check_concurrent_index(const lint_context& at, const relation_name& table) {
  const auto& index = at.root;
  check_in_transaction(at, fmt::format("CREATE INDEX CONCURRENTLY on {}", in_quotes(table)));
  check_corruption(at);
  if (at.known.is_partitioned(table)) {
    return at.report(
        {.rule = "concurrent-on-partitioned",
         .message = fmt::format("{} is partitioned: its index cannot be built concurrently", in_quotes(table)),
         .hint = "Create the index ON ONLY the partitioned table, build one CONCURRENTLY on each partition, "
                 "and attach those with ALTER INDEX … ATTACH PARTITION."});
  }
  if (index["if_not_exists"].flag()) {
    at.report(
        {.rule = "concurrent-if-not-exists",
         .message = fmt::format("IF NOT EXISTS takes an index that a failed build left invalid on {} for a good one",
                                in_quotes(table)),
         .hint = "Leave IF NOT EXISTS out: then a leftover is an error that is seen, and not an index that is never "
                 "used. Drop the leftover concurrently before building again.",
         .rewrite = at.no_transaction(concurrent_index(at))});
  }
  if (index["idxname"].text().empty()) {
    at.report({.rule = "concurrent-unnamed-index",
               .message = fmt::format("each failed try leaves one more invalid index without a chosen name on {}",
                                      in_quotes(table)),
               .hint = "Name the index, so that a second try finds what the first left.",
               .rewrite = at.no_transaction(concurrent_index(at))});
  }
}

void check_create_index(const lint_context& at) {
  const auto table = relation_of(at.root["relation"]);
  if (at.known.does_nothing(at.root)) return;
  if (at.root["concurrent"].flag()) return check_concurrent_index(at, table);
  // ON ONLY a partitioned table makes an entry and builds nothing.
  const bool is_partitioned = at.known.is_partitioned(table);
  const bool may_be_partitioned = is_partitioned || at.known.facts_of(table) == nullptr;
  if (may_be_partitioned && !at.root["relation"]["inh"].flag()) return;
  at.report_by_size(
      table,
      {.rule = "index-not-concurrent",
       .message = fmt::format("CREATE INDEX on {} blocks writes until it is built (SHARE lock)", in_quotes(table)),
       .hint = is_partitioned
                   ? "Create the index ON ONLY the partitioned table, build one CONCURRENTLY on each partition, "
                     "and attach those with ALTER INDEX … ATTACH PARTITION."
                   : "Build it with CONCURRENTLY, in a file of its own that has no transaction.",
       .rewrite = is_partitioned ? "" : at.no_transaction(concurrent_index(at))});
}

std::string concurrent_drop(const lint_context& at) {
  if (at.root["behavior"].text() == "DROP_CASCADE") return {};
  std::string statements;
  for (const auto& index : names_dropped(at.root)) {
    statements += fmt::format("{}DROP INDEX CONCURRENTLY {}{};", statements.empty() ? "" : "\n",
                              at.root["missing_ok"].flag() ? "IF EXISTS " : "", sql_name(index));
  }
  return at.no_transaction(statements);
}

void check_drop_index(const lint_context& at) {
  if (at.root["concurrent"].flag()) return check_in_transaction(at, "DROP INDEX CONCURRENTLY");
  for (const auto& index : names_dropped(at.root)) {
    const auto table = at.known.table_of_index(index);
    if (table && (at.known.use_of(*table) == table_use::fresh || at.known.use_of(*table) == table_use::empty)) continue;
    const bool is_partitioned = table && at.known.is_partitioned(*table);
    if (is_partitioned) continue;  // it can't be done concurrently
    const auto of = table ? in_quotes(*table) : "its table";
    return at.report({.rule = "drop-index-not-concurrent",
                      .message = fmt::format(
                          "DROP INDEX {} waits for every query of {} and blocks those that follow (ACCESS EXCLUSIVE "
                          "lock)",
                          in_quotes(index), of),
                      .hint = "Drop it with CONCURRENTLY, in a file that has no transaction.",
                      .rewrite = concurrent_drop(at)});
  }
}

bool is_concurrent(const sql_node& reindex) {
  const auto parameters = reindex["params"].items();
  return std::any_of(parameters.begin(), parameters.end(),
                     [](const sql_node& one) { return one["defname"].text() == "concurrently"; });
}

void check_reindex(const lint_context& at) {
  if (is_concurrent(at.root)) {
    check_in_transaction(at, "REINDEX CONCURRENTLY");
    return check_corruption(at);
  }
  const auto name = relation_of(at.root["relation"]);
  const bool is_index = at.root["kind"].text() == "REINDEX_OBJECT_INDEX";
  const auto table = is_index ? at.known.table_of_index(name) : std::optional{name};
  const sql_words words{at.statement.text};
  const std::size_t kind = words.at(1) == "(" ? words.behind_parentheses(1) : 1;
  const bool has_options = kind > 1;
  found one{
      .rule = "reindex-not-concurrent",
      .message = fmt::format("{} blocks writes to {} until it is done (SHARE lock), and reads that want the index",
                             words.all(), table && !table->name.empty() ? in_quotes(*table) : "its tables"),
      .hint = "Use CONCURRENTLY, in a file that has no transaction.",
      .rewrite = has_options ? ""
                             : at.no_transaction(fmt::format("{} CONCURRENTLY {};", words.slice(0, kind + 1),
                                                             words.slice(kind + 1, words.size())))};
  if (table) return at.report_by_size(*table, std::move(one));
  at.report(std::move(one));
}

// The body of a function or DO block.
std::string body_of(const sql_node& statement) {
  for (const auto& option : statement[statement.type() == "DoStmt" ? "args" : "options"].items()) {
    if (option["defname"].text() != "as") continue;
    const auto parts = option["arg"].items();
    return parts.empty() ? option["arg"].text() : parts.front().text();
  }
  return {};
}

bool builds_concurrently(std::string_view body) {
  const sql_words words{body};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words.is(i, "index") && words.is(i + 1, "concurrently")) return true;
    if (words.kind(i) != token_class::string) continue;
    if (to_lower(words.at(i)).find("index concurrently") != std::string::npos) return true;
  }
  return false;
}

void check_body(const lint_context& at) {
  const auto body = body_of(at.root);
  if (to_lower(body).find("concurrently") == std::string::npos || !builds_concurrently(body)) return;
  at.report(
      {.rule = "concurrent-in-tx",
       .message = "INDEX CONCURRENTLY cannot run inside a function or DO block",
       .hint = "Write it as a statement of its own, in a file that begins with \"-- innkeeper: no-transaction\"."});
}

}  // namespace

void lint_indexes(const lint_context& at) {
  const auto type = at.root.type();
  if (type == "IndexStmt") check_create_index(at);
  if (type == "DropStmt" && at.root["removeType"].text() == "OBJECT_INDEX") check_drop_index(at);
  if (type == "ReindexStmt") check_reindex(at);
  if (type == "DoStmt" || type == "CreateFunctionStmt") check_body(at);
}

}  // namespace innkeeper::migration
