#include <fmt/format.h>

#include <filesystem>

#include "cli/commands.h"
#include "cli/service_connection.h"
#include "core/conninfo.h"
#include "embedded/help_pages.h"

namespace innkeeper::cli {
namespace {

dialect parse_dialect(const arguments& given) {
  if (!given.has("--as")) return dialect::uri;
  const std::string name = given.value("--as");
  if (const auto found = dialect_named(name)) return *found;
  std::vector<std::string_view> names;
  for (const auto& one : all_dialects()) names.push_back(one.name);
  const auto meant = nearest(name, names);
  throw refused{
      exit_code::usage, fmt::format("there is no dialect \"{}\"", name),
      meant.empty() ? fmt::format("Use one of {}.", fmt::join(names, ", ")) : fmt::format("Did you mean {}?", meant)};
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

exit_code run(const arguments& given, console& out) {
  const dialect as = parse_dialect(given);
  const auto opened = open_estate_for_service(given, out);
  auto chosen = choose_connection(given, opened, route::of_application);
  if (as == dialect::jdbc) use_java_key(chosen.value);
  const auto printed = print_conninfo(chosen.value, as);
  if (!printed.text) {
    throw refused{exit_code::failed, fmt::format("dialect {} can't say this connection", to_string(as)),
                  "Use another one, such as keyword.", printed.problem};
  }
  for (const auto& one : printed.left_out)
    out.tell(fmt::format("left out, since {} can't say it: {}", to_string(as), one));
  if (out.settings().json) {
    out.print_json({{"service", chosen.is_admin ? "" : chosen.name},
                    {"dialect", to_string(as)},
                    {"value", printed.text->expose()}});
  } else {
    out.print_raw(printed.text->expose() + "\n");
  }
  return exit_code::ok;
}

}  // namespace

command secret_show_command() {
  auto options = connection_option_rows();
  options.insert(options.begin(), {"--as", "", option_kind::value, "DIALECT",
                                   "uri unless given; keyword, dotnet, jdbc, sqlalchemy, asyncpg, go, node"});
  return {.name = "secret show",
          .summary = "a service's connection string, in its driver's dialect; holds the password",
          .page = help_pages::secret_show_md,
          .word = {.placeholder = "SERVICE"},
          .options = std::move(options),
          .run = run};
}

}  // namespace innkeeper::cli
