#include "migration/statement_kind.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/sql.h"
#include "core/text.h"
#include "migration/sql_scan.h"

namespace innkeeper::migration {
namespace {

// The first words of a statement, in lower case, without comments.
std::vector<std::string> first_words(std::string_view statement, std::size_t most) {
  std::vector<std::string> words;
  for (const auto& token : scan_sql(statement).tokens) {
    if (token.kind == token_class::comment) continue;
    words.push_back(to_lower(statement.substr(token.begin, token.end - token.begin)));
    if (words.size() == most) break;
  }
  return words;
}

statement_kind kind_by_words(std::string_view statement) {
  constexpr std::size_t most = 8;
  const auto words = first_words(statement, most);
  if (words.empty()) return statement_kind::plain;
  const auto& first = words.front();
  if (first == "begin" || first == "start") return statement_kind::begins;
  if (first == "commit" || first == "end") return statement_kind::commits;
  if (first == "rollback" || first == "abort") return statement_kind::rolls_back;
  if (first == "vacuum") return statement_kind::outside;
  return std::ranges::find(words, "concurrently") == words.end() ? statement_kind::plain : statement_kind::outside;
}

statement_kind transaction_kind(const std::string& kind) {
  if (kind == "TRANS_STMT_BEGIN" || kind == "TRANS_STMT_START") return statement_kind::begins;
  if (kind == "TRANS_STMT_COMMIT" || kind == "TRANS_STMT_PREPARE") return statement_kind::commits;
  if (kind == "TRANS_STMT_ROLLBACK") return statement_kind::rolls_back;
  return statement_kind::plain;  // savepoints
}

std::string quoted_name(const std::string& schema, const std::string& name) {
  if (name.empty()) return {};
  return schema.empty() ? quote_identifier(name) : quote_identifier(schema) + "." + quote_identifier(name);
}

std::string quoted_names(const sql_node& names) {
  std::string text;
  for (const auto& one : names.items()) text += (text.empty() ? "" : ".") + quote_identifier(one.text());
  return text;
}

// As PostgreSQL's quote_ident() would: the query compares with what that gives.
std::string ident(const std::string& name) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  const bool may_be_bare = !name.empty() && std::ranges::all_of(name, is_plain) && !(name[0] >= '0' && name[0] <= '9');
  if (!may_be_bare) return quote_identifier(name);
  const auto scanned = scan_sql(name).tokens;
  return scanned.size() == 1 && scanned[0].kind == token_class::word ? name : quote_identifier(name);
}

// "" where one of them is an expression.
std::string plain_columns(const sql_node& index) {
  std::string text;
  for (const auto& one : index["indexParams"].items()) {
    const auto name = one["name"].text();
    if (name.empty()) return {};
    text += (text.empty() ? "" : ",") + ident(name);
  }
  return text;
}

// An index lives in its table's schema.
std::string index_name(const sql_node& index) {
  return quoted_name(relation_of(index["relation"]).schema, index["idxname"].text());
}

bool is_concurrent_option(const sql_node& option) {
  return option["defname"].text() == "concurrently";
}

std::optional<concurrent_index> concurrent_work(const sql_node& root) {
  if (root.type() == "IndexStmt" && root["concurrent"].flag()) {
    return concurrent_index{
        .name = index_name(root), .columns = plain_columns(root), .is_unique = root["unique"].flag()};
  }
  if (root.type() == "DropStmt" && root["concurrent"].flag()) {
    const auto objects = root["objects"].items();
    return concurrent_index{
        .what = index_work::drops,
        .name = objects.size() == 1
                    ? quoted_names(objects[0]["List"]["items"] ? objects[0]["List"]["items"] : objects[0])
                    : std::string{}};
  }
  if (root.type() == "ReindexStmt" && std::ranges::any_of(root["params"].items(), is_concurrent_option)) {
    const auto relation = relation_of(root["relation"]);
    const bool is_index = root["kind"].text() == "REINDEX_OBJECT_INDEX";
    return concurrent_index{.what = index_work::rebuilds,
                            .name = is_index ? quoted_name(relation.schema, relation.name) : std::string{}};
  }
  return std::nullopt;
}

bool detaches_concurrently(const sql_node& root) {
  return std::ranges::any_of(root["cmds"].items(), [](const sql_node& command) {
    return command["subtype"].text() == "AT_DetachPartition" && command["def"]["concurrent"].flag();
  });
}

bool must_be_outside(const sql_node& root) {
  static constexpr std::array<std::string_view, 8> always{
      "VacuumStmt",         "CreatedbStmt",           "DropdbStmt",          "AlterSystemStmt", "CreateTableSpaceStmt",
      "DropTableSpaceStmt", "CreateSubscriptionStmt", "DropSubscriptionStmt"};
  const auto type = root.type();
  if (type == "VacuumStmt") return root["is_vacuumcmd"].flag();
  if (std::ranges::find(always, type) != always.end()) return true;
  if (type == "AlterTableStmt") return detaches_concurrently(root);
  if (type == "ClusterStmt") return !root["relation"];
  if (type == "ReindexStmt") {
    const auto kind = root["kind"].text();
    return kind == "REINDEX_OBJECT_DATABASE" || kind == "REINDEX_OBJECT_SYSTEM" || kind == "REINDEX_OBJECT_SCHEMA";
  }
  return false;
}

statement_traits traits_of_tree(const sql_node& root) {
  if (root.type() == "TransactionStmt") return {.kind = transaction_kind(root["kind"].text())};
  if (auto index = concurrent_work(root)) return {.kind = statement_kind::outside, .index = std::move(index)};
  if (must_be_outside(root)) return {.kind = statement_kind::outside};
  if (root.type() == "VariableSetStmt") return {.is_setting = !root["is_local"].flag()};
  if (root.type() == "CallStmt") return {.kind = statement_kind::may_commit};
  return {};
}

// Its body is text to the parser.
bool may_commit_inside(std::string_view block) {
  const auto text = to_lower(block);
  return std::ranges::any_of(std::array<std::string_view, 3>{"commit", "rollback", "call"},
                             [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

using json = nlohmann::json;

// "" for the pseudo-types serial, whose column has another one.
std::string type_text(const sql_node& type_name) {
  std::string text = quoted_names(type_name["names"]);
  const auto last = last_name(type_name["names"]);
  if (last.find("serial") != std::string::npos) return {};
  if (!type_name["arrayBounds"].items().empty()) text += "[]";
  return text;
}

void add_columns(const sql_node& table, json& into) {
  const auto relation = relation_of(table["relation"]);
  for (const auto& element : table["tableElts"].items()) {
    if (element.type() != "ColumnDef") continue;
    into.push_back({{"relation", quoted_name(relation.schema, relation.name)},
                    {"column", element["colname"].text()},
                    {"type", type_text(element["typeName"])}});
  }
}

void add_index(const sql_node& index, json& into) {
  const auto columns = plain_columns(index);
  if (columns.empty() || index_name(index).empty()) return;
  into.push_back({{"index", index_name(index)}, {"columns", columns}, {"unique", index["unique"].flag()}});
}

}  // namespace

statement_traits traits_of(std::string_view statement) {
  const auto tree = sql_tree::parse(statement);
  if (!tree) return {.kind = kind_by_words(statement)};
  if (tree->root().type() == "DoStmt" && may_commit_inside(statement)) return {.kind = statement_kind::may_commit};
  return traits_of_tree(tree->root());
}

bool controls_transaction(std::string_view statement) {
  static constexpr std::array<std::string_view, 7> verbs{"begin",    "start", "commit", "end",
                                                         "rollback", "abort", "prepare"};
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto end = std::ranges::find_if_not(statement, is_letter) - statement.begin();
  const auto verb = to_lower(statement.substr(0, static_cast<std::size_t>(end)));
  if (std::ranges::find(verbs, verb) == verbs.end()) return false;
  const auto kind = traits_of(statement).kind;
  return kind == statement_kind::begins || kind == statement_kind::commits || kind == statement_kind::rolls_back;
}

std::vector<statement_unit> units_of(const std::vector<sql_statement>& statements) {
  std::vector<statement_unit> units;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    statement_unit unit{.first = i, .traits = traits_of(statements[i].text)};
    if (unit.traits.kind == statement_kind::begins) {
      std::size_t last = i + 1;
      while (last < statements.size() && traits_of(statements[last].text).kind != statement_kind::commits) ++last;
      if (last < statements.size()) {
        unit = {.first = i, .count = last - i + 1, .has_own_transaction = true};
        i = last;
      }
    }
    units.push_back(std::move(unit));
  }
  return units;
}

declared_objects declared_in(const std::vector<sql_statement>& statements) {
  json columns = json::array();
  json indexes = json::array();
  for (const auto& one : statements) {
    const auto tree = sql_tree::parse(one.text);
    if (!tree || !tree->root()["if_not_exists"].flag()) continue;
    if (tree->root().type() == "CreateStmt") add_columns(tree->root(), columns);
    if (tree->root().type() == "IndexStmt") add_index(tree->root(), indexes);
  }
  return {.columns = columns.empty() ? std::string{} : columns.dump(),
          .indexes = indexes.empty() ? std::string{} : indexes.dump()};
}

}  // namespace innkeeper::migration
