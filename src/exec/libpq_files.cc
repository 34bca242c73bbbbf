#include "exec/libpq_files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "exec/error.h"

namespace innkeeper::exec {

secret print_password_file(const secret& password) {
  std::string line = "*:*:*:*:";
  for (const char c : password.expose()) {
    if (c == ':' || c == '\\') line += '\\';
    line += c;
  }
  return secret{line + "\n"};
}

secret print_service_file(const conninfo& target) {
  std::string text = "[innkeeper]\n";
  const auto add = [&](std::string_view key, std::string_view value) {
    if (value.find('\n') != std::string_view::npos) {
      throw error{exit_code::failed, fmt::format("a program can't be told this {}: it has two lines", key)};
    }
    if (!value.empty()) text += fmt::format("{}={}\n", key, value);
  };
  std::vector<std::string> hosts;
  std::vector<std::string> ports;
  for (const auto& one : target.endpoints) {
    hosts.push_back(one.host);
    ports.push_back(one.port == 0 ? "" : std::to_string(one.port));
  }
  add("host", fmt::format("{}", fmt::join(hosts, ",")));
  if (std::ranges::any_of(ports, [](const auto& port) { return !port.empty(); })) {
    add("port", fmt::format("{}", fmt::join(ports, ",")));
  }
  add("user", target.user.value);
  add("dbname", target.database.value);
  for (const auto& [name, value] : target.parameters) add(name, value);
  return secret{std::move(text)};
}

std::map<std::string, std::string> environment_for_programs() {
  std::map<std::string, std::string> all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const auto equals = text.find('=');
    if (equals != std::string_view::npos && !text.starts_with("PG")) {
      all.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  all["LC_ALL"] = "C";
  return all;
}

}  // namespace innkeeper::exec
