#include "core/manifest_schema.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/manifest_keys.h"
#include "core/manifest_scalars.h"

namespace innkeeper {
namespace {

using json = nlohmann::ordered_json;

constexpr std::string_view from_environment = R"(\$\{)";

// Every table that can be reached, each once, in the order in which a reader meets it.
class table_list {
 public:
  explicit table_list(const key_table& root) { add(root); }
  [[nodiscard]] const std::vector<const key_table*>& all() const { return tables_; }

 private:
  void add(const key_table& table) {
    if (std::ranges::find(tables_, &table) != tables_.end()) return;
    tables_.push_back(&table);
    for (const auto& key : table.keys) add_of(*key.shape);
  }
  void add_of(const value_shape& shape) {
    if (shape.keys != nullptr) add(*shape.keys);
    if (shape.item != nullptr) add_of(*shape.item);
  }

  std::vector<const key_table*> tables_;
};

std::string reference_to(const key_table& table) {
  return fmt::format("#/$defs/{}", table.title);
}

json text_from_environment() {
  return {{"type", "string"}, {"pattern", from_environment}};
}

json schema_of_choice(const value_shape& shape) {
  return {{"anyOf", json::array({json{{"enum", shape.choices}}, text_from_environment()})}};
}

json schema_of_scalar(const value_shape& shape) {
  const scalar_rule& rule = rule_of(shape.kind);
  const std::string pattern = fmt::format("^(?:{})$|{}", rule.pattern, from_environment);
  switch (shape.kind) {
    case value_kind::choice:
      return schema_of_choice(shape);
    case value_kind::boolean:
      return {{"anyOf", json::array({json{{"type", "boolean"}}, text_from_environment()})}};
    case value_kind::integer:
      return {{"anyOf", json::array({json{{"type", "integer"}, {"minimum", shape.least}, {"maximum", shape.most}},
                                     text_from_environment()})}};
    case value_kind::duration:  // a number alone has no unit, and 0 needs none
      return {{"type", {"string", "integer"}}, {"pattern", pattern}, {"minimum", 0}, {"maximum", 0}};
    case value_kind::duration_or_seconds:
    case value_kind::memory_size:
    case value_kind::cpu_amount:
      return {{"type", {"string", "number"}}, {"pattern", pattern}, {"minimum", 0}};
    default:
      break;
  }
  if (!rule.takes_numbers) return {{"type", "string"}, {"pattern", pattern}};
  return {{"type", {"string", "number", "boolean"}}, {"pattern", pattern}};
}

json schema_of(const value_shape& shape);

json schema_of_dictionary(const value_shape& shape) {
  return {{"type", {"object", "null"}},
          {"propertyNames", {{"pattern", fmt::format("^(?:{})$", rule_of(shape.entry_name).pattern)}}},
          {"additionalProperties", schema_of(*shape.item)}};
}

json schema_of(const value_shape& shape) {
  switch (shape.kind) {
    case value_kind::record: {
      const json record{{"$ref", reference_to(*shape.keys)}};
      if (shape.short_form == nullptr) return record;
      return {{"anyOf", json::array({schema_of(*shape.short_form), record})}};
    }
    case value_kind::dictionary:
      return schema_of_dictionary(shape);
    case value_kind::list: {
      const json item = schema_of(*shape.item);
      const json list{{"type", "array"}, {"items", item}};
      return shape.may_be_single ? json{{"anyOf", json::array({list, item})}} : list;
    }
    default:
      return schema_of_scalar(shape);
  }
}

std::string describe(const manifest_key& key) {
  std::string text{key.purpose};
  if (!key.by_default.empty()) text += fmt::format(" Default: {}.", key.by_default);
  if (!key.is_managed) text += " Not managed by this version.";
  return text;
}

json required_each(const std::vector<std::string_view>& keys) {
  json all = json::array();
  for (const auto key : keys) all.push_back({{"required", json::array({key})}});
  return all;
}

json schema_of(const key_table& table) {
  json properties = json::object();
  json required = json::array();
  for (const auto& key : table.keys) {
    json property = schema_of(*key.shape);
    property["description"] = describe(key);
    properties[std::string{key.name}] = std::move(property);
    if (key.is_required) required.push_back(key.name);
  }
  json schema{{"type", {"object", "null"}}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  if (!table.exactly_one_of.empty()) schema["oneOf"] = required_each(table.exactly_one_of);
  if (!table.at_most_one_of.empty()) schema["not"] = {{"type", "object"}, {"required", table.at_most_one_of}};
  // "cafe:" with nothing behind it is an entry with every default, where it needs none of its keys.
  if (schema.contains("required") || schema.contains("oneOf")) schema["type"] = "object";
  return schema;
}

std::string takes(const value_shape& shape) {
  switch (shape.kind) {
    case value_kind::record: {
      const std::string record = fmt::format("[{}](#{})", shape.keys->title, shape.keys->title);
      return shape.short_form == nullptr ? record : fmt::format("{}, or {}", noun_of(*shape.short_form), record);
    }
    case value_kind::dictionary:
      return fmt::format("names, each with {}", takes(*shape.item));
    case value_kind::list:
      return fmt::format("{} of {}", shape.may_be_single ? "one or a list" : "a list", takes(*shape.item));
    default:
      return noun_of(shape);
  }
}

void append_table(std::string& page, const key_table& table) {
  fmt::format_to(std::back_inserter(page), "### {}\n", table.title);
  if (!table.exactly_one_of.empty()) {
    fmt::format_to(std::back_inserter(page), "Exactly one of {}.\n", fmt::join(table.exactly_one_of, ", "));
  }
  page += "\n| key | takes | default | meaning |\n| --- | --- | --- | --- |\n";
  for (const auto& key : table.keys) {
    fmt::format_to(std::back_inserter(page), "| `{}`{}{} | {} | {} | {} |\n", key.name,
                   key.is_required ? " (required)" : "", key.is_managed ? "" : " †", takes(*key.shape), key.by_default,
                   key.purpose);
  }
  page += "\n";
}

}  // namespace

std::string manifest_json_schema() {
  const table_list tables{manifest_keys()};
  json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "innkeeper.yaml"},
              {"description", "What an estate declares: servers, services, and what each of them owns."},
              {"$ref", reference_to(manifest_keys())},
              {"$defs", json::object()}};
  for (const key_table* table : tables.all()) schema["$defs"][std::string{table->title}] = schema_of(*table);
  return schema.dump(2) + "\n";
}

std::string manifest_reference() {
  std::string page;
  const table_list tables{manifest_keys()};
  for (const key_table* table : tables.all()) append_table(page, *table);
  return page;
}

}  // namespace innkeeper
