#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "cli/commands.h"
#include "cli/service_connection.h"
#include "core/env_file.h"
#include "core/secret_presets.h"
#include "embedded/help_pages.h"
#include "exec/service_places.h"

namespace innkeeper::cli {
namespace {

// A preset is several keys; all else is one without a name. dotnet and prisma are both, and mean the one without.
struct asked_form {
  std::string name;
  std::vector<secret_key> keys;
  bool is_preset = false;
};

asked_form parse_form(const arguments& given) {
  asked_form form{.name = given.has("--as") ? given.value("--as") : "uri"};
  auto parsed = parse_secret_template(form.name);
  if (parsed.value) {
    form.keys.push_back({.content = std::move(*parsed.value)});
    return form;
  }
  if (const auto* preset = find_secret_preset(form.name)) {
    form.keys = keys_of(*preset, {});
    form.is_preset = true;
    return form;
  }
  if (form.name.find("{{") != std::string::npos)
    throw refused{exit_code::usage, fmt::format("the template {}", parsed.problem), parsed.hint};
  std::vector<std::string_view> names;
  for (const auto& one : all_dialects()) names.push_back(one.name);
  const auto dialects = names.size();
  for (const auto& one : all_secret_presets()) names.push_back(one.name);
  for (const auto& one : all_secret_parts()) names.push_back(one.name);
  const auto meant = nearest(form.name, names);
  names.resize(dialects);
  throw refused{exit_code::usage, fmt::format("there is no dialect, preset or part \"{}\"", form.name),
                meant.empty() ? fmt::format("Use one of {}, or what docs/secrets.md lists.", fmt::join(names, ", "))
                              : fmt::format("Did you mean {}?", meant)};
}

secret_facts facts_of(const arguments& given, const opened_estate& opened, const chosen_connection& chosen,
                      const std::vector<secret_key>& keys) {
  if (chosen.is_admin) return {.target = chosen.value};
  return exec::facts_for(opened.all, exec::store_of(opened.all), named_service(opened.all, given.positional()),
                         chosen.value, keys);
}

// Java reads another form of key, which lies beside the usual one.
void use_java_key(conninfo& target) {
  const auto key = target.parameters.find("sslkey");
  if (key == target.parameters.end()) return;
  auto other = std::filesystem::path{key->second};
  other.replace_extension(".pk8");
  std::error_code ignored;
  if (std::filesystem::exists(other, ignored)) key->second = other;
}

bool speaks_java(const asked_form& form) {
  return form.name.find("jdbc") != std::string::npos || form.name == "spring";
}

exit_code run(const arguments& given, console& out) {
  const auto form = parse_form(given);
  const auto opened = open_estate_for_service(given, out);
  auto chosen = choose_connection(given, opened, route::of_application);
  if (speaks_java(form)) use_java_key(chosen.value);
  const auto content = content_of({.keys = form.keys}, facts_of(given, opened, chosen, form.keys));
  for (const auto& one : content.problems) {
    throw refused{exit_code::failed, fmt::format("{} can't say this connection", form.name),
                  "Use another one, such as keyword.", one.text};
  }
  const std::string service = chosen.is_admin ? "" : chosen.name;
  if (form.is_preset) {
    json values = json::object();
    for (const auto& [key, value] : content.values) {
      out.print(key + "=" + env_quoted(value).expose() + "\n");
      values[key] = value.expose();
    }
    out.print_json({{"service", service}, {"preset", form.name}, {"values", values}});
    return exit_code::ok;
  }
  if (const auto as = dialect_named(form.name)) {
    for (const auto& one : print_conninfo(chosen.value, *as).left_out)
      out.tell(fmt::format("left out, since {} can't say it: {}", form.name, one));
  }
  const auto& value = content.values.begin()->second.expose();
  out.print(value + "\n");
  out.print_json({{"service", service}, {"dialect", form.name}, {"value", value}});
  return exit_code::ok;
}

}  // namespace

command secret_show_command() {
  auto options = connection_option_rows();
  options.insert(options.begin(), {"--as", "", option_kind::value, "FORM",
                                   "uri unless given; a dialect, a part, a preset or a template: docs/secrets.md"});
  return {.name = "secret show",
          .summary = "what a service connects with, in any dialect or preset; holds the password",
          .page = help_pages::secret_show_md,
          .word = {.placeholder = "SERVICE"},
          .options = std::move(options),
          .run = run};
}

}  // namespace innkeeper::cli
