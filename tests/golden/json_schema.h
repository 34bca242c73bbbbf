#pragma once
// As much of JSON Schema 2020-12 as the manifest's schema uses; an unknown keyword fails the test that meets it.
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>

#include "core/yaml_tree.h"

namespace innkeeper::test {

using json = nlohmann::json;

// A tree as a YAML 1.2 reader hands it to a validator.
inline json to_json(const yaml::node& node) {
  static const std::regex integer{"[-+]?[0-9]+"};
  static const std::regex number{R"([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)"};
  switch (node.kind) {
    case yaml::node_kind::null:
      return nullptr;
    case yaml::node_kind::sequence: {
      json list = json::array();
      for (const auto& item : node.items) list.push_back(to_json(item));
      return list;
    }
    case yaml::node_kind::mapping: {
      json object = json::object();
      for (const auto& entry : node.entries) object[entry.key] = to_json(entry.value);
      return object;
    }
    case yaml::node_kind::scalar:
      break;
  }
  if (node.quoted) return node.text;
  if (node.text == "true" || node.text == "false") return node.text == "true";
  if (node.text.size() < 18 && std::regex_match(node.text, integer)) return std::stol(node.text);
  if (node.text.size() < 18 && std::regex_match(node.text, number)) return std::stod(node.text);
  return node.text;
}

class schema_validator {
 public:
  explicit schema_validator(const std::string& schema) : schema_(json::parse(schema)) {}

  [[nodiscard]] bool accepts(const json& value) const { return accepts(schema_, value); }

 private:
  bool accepts(const json& schema, const json& value) const {
    for (const auto& [keyword, rule] : schema.items()) {
      if (!obeys(keyword, rule, schema, value)) return false;
    }
    return true;
  }

  bool obeys(const std::string& keyword, const json& rule, const json& schema, const json& value) const {
    static const std::set<std::string> silent{"$schema", "$defs", "title", "description"};
    if (silent.contains(keyword)) return true;
    if (keyword == "$ref") return accepts(schema_.at(json::json_pointer{rule.get<std::string>().substr(1)}), value);
    if (keyword == "type") return has_type(rule, value);
    if (keyword == "enum") return std::find(rule.begin(), rule.end(), value) != rule.end();
    if (keyword == "anyOf") return count(rule, value) > 0;
    if (keyword == "oneOf") return count(rule, value) == 1;
    if (keyword == "not") return !accepts(rule, value);
    if (keyword == "minimum") return !value.is_number() || value >= rule;
    if (keyword == "maximum") return !value.is_number() || value <= rule;
    if (keyword == "pattern") return !value.is_string() || matches(rule, value);
    if (keyword == "items") return !value.is_array() || all(value, rule);
    if (keyword == "required") return !value.is_object() || has_all(rule, value);
    if (keyword == "properties") return !value.is_object() || properties_fit(rule, value);
    if (keyword == "propertyNames") return !value.is_object() || names_fit(rule, value);
    if (keyword == "additionalProperties") return !value.is_object() || others_fit(rule, schema, value);
    throw std::logic_error{"keyword not known to this validator: " + keyword};
  }

  static bool matches(const std::string& pattern, const std::string& text) {
    static std::map<std::string, std::regex> compiled;
    const auto known = compiled.find(pattern);
    if (known != compiled.end()) return std::regex_search(text, known->second);
    // std::regex has no \uXXXX below a wide character's reach; these two forms are all that the schema uses.
    std::string narrow = pattern;
    for (const auto& [from, to] : {std::pair{"\\u0000-\\u001f\\u007f", "\\x01-\\x1f\\x7f"}}) {
      for (std::size_t at = narrow.find(from); at != std::string::npos; at = narrow.find(from)) {
        narrow.replace(at, std::string{from}.size(), to);
      }
    }
    return std::regex_search(text, compiled.emplace(pattern, std::regex{narrow}).first->second);
  }

  static bool has_type(const json& rule, const json& value) {
    if (rule.is_array()) {
      return std::any_of(rule.begin(), rule.end(), [&](const json& one) { return has_type(one, value); });
    }
    if (rule == "integer") return value.is_number_integer();
    if (rule == "number") return value.is_number();
    return rule == std::string{value.type_name()};
  }

  long count(const json& rules, const json& value) const {
    return std::count_if(rules.begin(), rules.end(), [&](const json& rule) { return accepts(rule, value); });
  }
  bool all(const json& values, const json& rule) const {
    return std::all_of(values.begin(), values.end(), [&](const json& one) { return accepts(rule, one); });
  }
  static bool has_all(const json& names, const json& value) {
    return std::all_of(names.begin(), names.end(), [&](const json& name) { return value.contains(name); });
  }
  bool properties_fit(const json& properties, const json& value) const {
    for (const auto& [name, rule] : properties.items()) {
      if (value.contains(name) && !accepts(rule, value.at(name))) return false;
    }
    return true;
  }
  bool names_fit(const json& rule, const json& value) const {
    for (const auto& [name, ignored] : value.items()) {
      if (!accepts(rule, json(name))) return false;
    }
    return true;
  }
  bool others_fit(const json& rule, const json& schema, const json& value) const {
    for (const auto& [name, one] : value.items()) {
      if (schema.contains("properties") && schema["properties"].contains(name)) continue;
      if (rule.is_boolean() ? !rule.get<bool>() : !accepts(rule, one)) return false;
    }
    return true;
  }

  json schema_;
};

}  // namespace innkeeper::test
