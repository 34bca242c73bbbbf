#include "core/manifest_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/conninfo.h"
#include "core/display.h"
#include "core/manifest_scalars.h"
#include "core/naming.h"
#include "core/text.h"

namespace innkeeper {
namespace {

std::string_view kind_of(const yaml::node& value) {
  switch (value.kind) {
    case yaml::node_kind::null:
      return "nothing";
    case yaml::node_kind::scalar:
      return "one value";
    case yaml::node_kind::sequence:
      return "a list";
    case yaml::node_kind::mapping:
      return "a mapping";
  }
  return "";
}

std::string join(const std::string& path, std::string_view key) {
  return path.empty() ? std::string{key} : fmt::format("{}.{}", path, key);
}

std::vector<std::string_view> names_of(const key_table& table) {
  std::vector<std::string_view> names;
  for (const auto& key : table.keys) names.push_back(key.name);
  return names;
}

bool has_entry(const yaml::node& mapping, std::string_view key) {
  return yaml::find(mapping, key) != nullptr;
}

// ${NAME} stands for nothing and ${NAME:-default} for its default: what then remains was written in clear.
std::string without_environment(const std::string& written) {
  const environment_lookup empty = [](std::string_view) { return std::optional<std::string>{""}; };
  return expand(written, empty).text;
}

// "scheme://user:password@host". Looks at the spelling alone, for texts that are no connection string yet.
bool spells_password(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::string_view authority = text.substr(scheme + 3, text.find_first_of("/?", scheme + 3) - (scheme + 3));
  const std::size_t at = authority.rfind('@');
  const std::size_t colon = authority.substr(0, at).find(':');
  return at != std::string_view::npos && colon != std::string_view::npos && colon + 1 < at;
}

// "password=…", "Pwd=…", as keywords and parameters have it.
bool spells_password_keyword(std::string_view text) {
  const std::string lower = to_lower(text);
  for (const std::string_view word : {"password", "passwd", "pwd"}) {
    const std::size_t at = lower.find(word);
    const std::size_t sign = at == std::string::npos ? at : lower.find_first_not_of(' ', at + word.size());
    if (sign == std::string::npos || lower[sign] != '=') continue;
    const std::size_t value = lower.find_first_not_of(" '\"", sign + 1);
    if (value != std::string::npos && lower[value] != ';' && lower[value] != '&') return true;
  }
  return false;
}

// A template's text with its parts replaced.
std::string without_parts(std::string_view text, std::string_view instead) {
  std::string literal;
  for (;;) {
    const auto open = text.find("{{");
    literal += text.substr(0, open);
    const auto close = open == std::string_view::npos ? open : text.find("}}", open);
    if (close == std::string_view::npos) return literal;
    literal += instead;
    text.remove_prefix(close + 2);
  }
}

bool is_number_or_boolean(const yaml::node& value) {
  return !value.quoted && value.kind == yaml::node_kind::scalar;
}

}  // namespace

void manifest_checker::refuse(yaml::node& value, std::string message, std::string hint, std::string detail) {
  value.usable = false;
  problems_.error(at(value.where), std::move(message), std::move(hint), std::move(detail));
}

void manifest_checker::check(yaml::node& root, bool is_included) {
  const value_shape shape{.kind = value_kind::record, .keys = is_included ? &included_file_keys() : &manifest_keys()};
  if (root.kind == yaml::node_kind::null) return refuse(root, "the manifest is empty", "Begin with \"estate: NAME\".");
  check_value(root, shape, {.path = {}, .name = "manifest"});
  if (!is_included) return;
  for (auto& entry : root.entries) {
    if (!entry.value.usable || is_key_of_included_file(entry.key)) continue;
    entry.value.usable = false;
    problems_.error(at(entry.where),
                    fmt::format("key {} belongs in the manifest itself", quoted_for_display(entry.key)),
                    "An included file declares services:, servers:, principals:, accept: and further include:.");
  }
}

void manifest_checker::check_value(yaml::node& value, const value_shape& shape, const subject& what) {
  if (!value.usable) return;
  const bool may_be_nothing = shape.kind == value_kind::record || shape.kind == value_kind::dictionary;
  if (value.kind == yaml::node_kind::null && !may_be_nothing) {
    return refuse(value, fmt::format("{} has no value", what.name), "Give it one, or leave the key out.");
  }
  switch (shape.kind) {
    case value_kind::record:
      return check_record(value, shape, what);
    case value_kind::dictionary:
      return check_dictionary(value, shape, what);
    case value_kind::list:
      return check_list(value, shape, what);
    default:
      return check_scalar_node(value, shape, what);
  }
}

void manifest_checker::check_record(yaml::node& value, const value_shape& shape, const subject& what) {
  if (shape.short_form != nullptr && value.kind == yaml::node_kind::scalar) {
    return check_scalar_node(value, *shape.short_form, what);
  }
  if (value.kind == yaml::node_kind::null) {
    value.kind = yaml::node_kind::mapping;  // "cafe:" alone is an entry with every default
  }
  if (value.kind != yaml::node_kind::mapping) {
    if (shape.keys->title == "password_source") return refuse_password(value, what);
    return refuse(value, fmt::format("{} must be a mapping, not {}", what.name, kind_of(value)), {},
                  fmt::format("its keys: {}", fmt::join(names_of(*shape.keys), ", ")));
  }
  check_keys(value, *shape.keys, what);
  check_combination(value, *shape.keys, what);
}

void manifest_checker::check_keys(yaml::node& value, const key_table& table, const subject& what) {
  for (auto& entry : value.entries) {
    const auto key = std::ranges::find(table.keys, entry.key, &manifest_key::name);
    if (key == table.keys.end()) {
      check_unknown_key(entry, table, what);
      continue;
    }
    const subject inner{join(what.path, key->name), std::string{key->name}, what.is_managed && key->is_managed};
    if (what.is_managed && !key->is_managed) unmanaged_.push_back({inner.path, at(entry.where)});
    check_value(entry.value, *key->shape, inner);
  }
}

void manifest_checker::check_unknown_key(yaml::entry& entry, const key_table& table, const subject& what) {
  entry.value.usable = false;
  const auto names = names_of(table);
  const bool may_suggest = entry.key.size() <= 64 && !problems_.is_full();
  const std::string_view meant = may_suggest ? nearest(entry.key, names) : std::string_view{};
  if (meant == "password" || meant == "url" || may_show_secret(entry.key + ": x")) hide(entry.value);
  // "password: {hunter2}" makes the password a key.
  if (table.title == "password_source" && entry.value.kind == yaml::node_kind::null) {
    problems_.hide_lines(file_, entry.where.line, entry.where.line);
    return problems_.error(at(entry.where), "unknown key in password", {},
                           fmt::format("known keys: {}", fmt::join(names, ", ")));
  }
  problems_.error(at(entry.where),
                  what.path.empty() ? fmt::format("unknown key {}", quoted_for_display(entry.key))
                                    : fmt::format("unknown key {} in {}", quoted_for_display(entry.key), what.path),
                  meant.empty() ? std::string{} : fmt::format("Did you mean \"{}\"?", meant),
                  meant.empty() ? fmt::format("known keys: {}", fmt::join(names, ", ")) : std::string{});
}

void manifest_checker::check_combination(yaml::node& value, const key_table& table, const subject& what) {
  for (const auto& key : table.keys) {
    if (!key.is_required || has_entry(value, key.name)) continue;
    refuse(value, fmt::format("{} needs the key \"{}\"", what.name, key.name), {}, std::string{key.purpose});
  }
  const auto count = [&](const auto& keys) {
    return std::ranges::count_if(keys, [&](std::string_view key) { return has_entry(value, key); });
  };
  if (!table.exactly_one_of.empty() && count(table.exactly_one_of) != 1) {
    refuse(value, fmt::format("{} needs exactly one of {}", what.name, fmt::join(table.exactly_one_of, ", ")));
  }
  if (!table.at_most_one_of.empty() && count(table.at_most_one_of) > 1) {
    refuse(value, fmt::format("{} takes only one of {}", what.name, fmt::join(table.at_most_one_of, ", ")));
  }
}

void manifest_checker::check_dictionary(yaml::node& value, const value_shape& shape, const subject& what) {
  if (value.kind == yaml::node_kind::null) value.kind = yaml::node_kind::mapping;
  if (value.kind != yaml::node_kind::mapping) {
    return refuse(value, fmt::format("{} must be a mapping, not {}", what.name, kind_of(value)));
  }
  const value_shape name_shape{.kind = shape.entry_name};
  for (auto& entry : value.entries) {
    if (const auto found = check_scalar(name_shape, entry.key)) {
      entry.value.usable = false;
      problems_.error(at(entry.where),
                      fmt::format("name {} in {} {}", quoted_for_display(entry.key), what.name, found->message),
                      found->hint, found->detail);
    }
    const std::string path = join(what.path, unquoted_for_display(entry.key));
    check_value(entry.value, *shape.item, {path, path, what.is_managed});
  }
}

void manifest_checker::check_list(yaml::node& value, const value_shape& shape, const subject& what) {
  if (shape.may_be_single && (value.kind == yaml::node_kind::scalar || value.kind == yaml::node_kind::mapping)) {
    return check_value(value, *shape.item, what);
  }
  if (value.kind != yaml::node_kind::sequence) {
    return refuse(value, fmt::format("{} must be a list, not {}", what.name, kind_of(value)));
  }
  for (auto& item : value.items) {
    check_value(item, *shape.item, {what.path, fmt::format("an item of {}", what.name), what.is_managed});
  }
}

void manifest_checker::check_scalar_node(yaml::node& value, const value_shape& shape, const subject& what) {
  if (value.kind != yaml::node_kind::scalar) {
    return refuse(value, fmt::format("{} must be {}, not {}", what.name, noun_of(shape), kind_of(value)));
  }
  if (holds_password_in_clear(value, shape)) return refuse_password(value, what);
  if (!expand_scalar(value, shape, what)) return;
  const bool wants_plain = shape.kind == value_kind::integer || shape.kind == value_kind::boolean;
  if (wants_plain && !is_number_or_boolean(value) && value.written.empty()) {
    return refuse(value, fmt::format("{} must be {}, without quotes", what.name, noun_of(shape)));
  }
  const auto found = check_scalar(shape, value.text);
  if (!found) return;
  // What the environment held may be a secret that was named by mistake; what a URL holds may be one anyway.
  const bool is_echoed = shape.kind != value_kind::kubernetes_key && shape.kind != value_kind::server_url &&
                         shape.kind != value_kind::broker_url && shape.kind != value_kind::environment_name &&
                         shape.kind != value_kind::web_url;
  if (!is_echoed) hide(value);
  std::string message = fmt::format("{} {}", what.name, found->message);
  if (is_echoed && !value.text.empty() && found->message.starts_with("must be ")) {
    message += fmt::format(", not {}", quoted_for_display(value.written.empty() ? value.text : value.written));
  }
  refuse(value, std::move(message), found->hint, found->detail);
}

bool manifest_checker::expand_scalar(yaml::node& value, const value_shape& shape, const subject& what) {
  auto expanded = expand(value.text, values_);
  if (!expanded.problem.empty()) {
    if (shape.kind == value_kind::server_url) hide(value);
    refuse(value, fmt::format("{}: {}", what.name, expanded.problem), std::move(expanded.hint));
    return false;
  }
  if (!expanded.is_changed) return true;
  value.written = std::exchange(value.text, std::move(expanded.text));
  return true;
}

bool manifest_checker::holds_password_in_clear(const yaml::node& value, const value_shape& shape) const {
  if (shape.kind == value_kind::secret_text) {
    const std::string literal = without_environment(value.text);
    return spells_password(without_parts(literal, "")) || spells_password_keyword(without_parts(literal, ";"));
  }
  const bool is_url =
      shape.kind == value_kind::server_url || shape.kind == value_kind::broker_url || shape.kind == value_kind::web_url;
  if (!is_url) return false;
  const std::string literal = without_environment(value.text);
  if (spells_password(literal) || spells_password_keyword(literal)) return true;
  const auto parsed = shape.kind == value_kind::server_url ? parse_conninfo(literal) : parsed_conninfo{};
  return parsed.value && parsed.value->password && !parsed.value->password->empty();
}

void manifest_checker::refuse_password(yaml::node& value, const subject& what) {
  hide(value);
  const bool is_source = value.kind == yaml::node_kind::scalar && what.name.find("password") != std::string::npos;
  refuse(value,
         is_source ? fmt::format("{} stands here in clear", what.name == "password" ? "the password" : "a password")
                   : fmt::format("{} holds a password in clear", what.name),
         is_source ? "Say where it comes from: [env: NAME], [file: PATH] or [kubernetes: NAMESPACE/SECRET/KEY]. If it "
                     "was committed, change it."
                   : "Leave it out and name its source in password:, or take it from the environment as ${NAME}. If it "
                     "was committed, change it.");
}

void manifest_checker::hide(const yaml::node& value) {
  if (value.kind == yaml::node_kind::scalar) {
    problems_.hide_lines(file_, value.where.line, last_line_of(source_, value));
  }
  for (const auto& item : value.items) hide(item);
  for (const auto& entry : value.entries) hide(entry.value);
}

}  // namespace innkeeper
