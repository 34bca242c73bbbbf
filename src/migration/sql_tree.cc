#include "migration/sql_tree.h"

#include <pg_query.h>

#include <nlohmann/json.hpp>

namespace innkeeper::migration {
namespace {

using json = nlohmann::json;

const json& value_of(const void* raw) {
  static const json none;
  return raw == nullptr ? none : *static_cast<const json*>(raw);
}

bool is_wrapped(const json& value) {
  if (!value.is_object() || value.size() != 1) return false;
  const auto& name = value.begin().key();
  return !name.empty() && name.front() >= 'A' && name.front() <= 'Z' && value.begin()->is_object();
}

const json& unwrapped(const json& value) {
  return is_wrapped(value) ? *value.begin() : value;
}

void visit_all(const json& value, const std::function<void(const sql_node&)>& visit) {
  if (value.is_object()) visit(sql_node{&value});
  if (!value.is_structured()) return;
  for (const auto& one : unwrapped(value)) visit_all(one, visit);
}

struct tree_deleter {
  void operator()(PgQueryParseResult* result) const {
    pg_query_free_parse_result(*result);
    delete result;
  }
};

}  // namespace

struct sql_tree::document {
  json value;
};

std::string_view sql_node::type() const {
  const auto& value = value_of(json_);
  return is_wrapped(value) ? std::string_view{value.begin().key()} : std::string_view{};
}

sql_node sql_node::operator[](std::string_view field) const {
  const auto& value = unwrapped(value_of(json_));
  if (!value.is_object()) return {};
  const auto found = value.find(field);
  return found == value.end() ? sql_node{} : sql_node{&*found};
}

std::vector<sql_node> sql_node::items() const {
  const auto& value = unwrapped(value_of(json_));
  const auto& list = value.is_object() && value.contains("items") ? value["items"] : value;
  std::vector<sql_node> all;
  if (!list.is_array()) return all;
  for (const auto& one : list) all.emplace_back(&one);
  return all;
}

std::string sql_node::text() const {
  const auto& value = unwrapped(value_of(json_));
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_object()) return {};
  for (const char* field : {"sval", "fval", "bsval"}) {
    const auto found = value.find(field);
    if (found == value.end()) continue;
    return found->is_object() ? sql_node{&*found}.text() : found->get<std::string>();
  }
  return {};
}

std::int64_t sql_node::number() const {
  const auto& value = unwrapped(value_of(json_));
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_object()) return 0;
  const auto found = value.find("ival");
  return found == value.end() ? 0 : sql_node{&*found}.number();
}

bool sql_node::flag() const {
  const auto& value = value_of(json_);
  return value.is_boolean() && value.get<bool>();
}

void sql_node::walk(const std::function<void(const sql_node&)>& visit) const {
  visit_all(value_of(json_), visit);
}

std::optional<sql_tree> sql_tree::parse(std::string_view statement, std::string* problem) {
  const std::string terminated{statement};
  const std::unique_ptr<PgQueryParseResult, tree_deleter> raw{
      new PgQueryParseResult{pg_query_parse(terminated.c_str())}};
  if (raw->error != nullptr) {
    if (problem != nullptr) *problem = raw->error->message;
    return std::nullopt;
  }
  auto parsed = std::make_shared<document>();
  parsed->value = json::parse(raw->parse_tree, nullptr, false);
  const auto& value = parsed->value;
  if (!value.is_object() || !value.contains("stmts") || value["stmts"].empty()) {
    if (problem != nullptr) *problem = "no statement";
    return std::nullopt;
  }
  sql_tree tree;
  tree.document_ = std::move(parsed);
  return tree;
}

sql_node sql_tree::root() const {
  return sql_node{&document_->value["stmts"][0]["stmt"]};
}

relation_name relation_of(const sql_node& range_var) {
  return {range_var["schemaname"].text(), range_var["relname"].text()};
}

std::string last_name(const sql_node& names) {
  const auto all = names.items();
  return all.empty() ? std::string{} : all.back().text();
}

}  // namespace innkeeper::migration
