#include "exec/password_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "exec/error.h"
#include "exec/kubernetes.h"

namespace innkeeper::exec {
namespace {

constexpr std::size_t longest_password = 65536;

[[noreturn]] void refuse_file(const password_source& source, std::string detail) {
  const std::string place = to_string(source.where);
  throw error{exit_code::invalid,
              fmt::format("{}{}password file \"{}\" has no password", place, place.empty() ? "" : ": ", source.name),
              std::move(detail), "Write the password into it, or take this source out of the manifest."};
}

// Absent only where there is no such file.
std::optional<secret> read_file(const password_source& source) {
  errno = 0;
  std::ifstream file{source.name, std::ios::binary};
  if (!file) {
    if (errno == ENOENT) return std::nullopt;
    refuse_file(source, std::generic_category().message(errno));
  }
  std::string text(longest_password + 1, '\0');
  try {
    file.exceptions(std::ios::badbit);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
  } catch (const std::ios::failure&) {
    refuse_file(source, std::generic_category().message(errno));
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > longest_password) refuse_file(source, "it is too large to be one");
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  if (text.empty()) refuse_file(source, "it is empty");
  if (text.find_first_of(std::string_view{"\0\n", 2}) != std::string::npos)
    refuse_file(source, "it holds more than one line");
  return secret{std::move(text)};
}

// What was tried before is told, too, since to set one of those may be the easier way out.
[[noreturn]] void refuse_kubernetes(const password_source& source, const error& failed,
                                    const std::vector<std::string>& tried) {
  const std::string place = to_string(source.where);
  std::string detail = failed.detail();
  if (!tried.empty()) detail += fmt::format("{}before it: {}", detail.empty() ? "" : "; ", fmt::join(tried, "; "));
  throw error{failed.code(), fmt::format("{}{}{}", place, place.empty() ? "" : ": ", failed.what()), std::move(detail),
              failed.hint()};
}

std::optional<secret> read_kubernetes(const password_source& source, std::vector<std::string>& tried) {
  const auto slash = source.name.rfind('/');
  kubernetes_value value{.why_not = "this program doesn't ask Kubernetes"};
  try {
    if (auto* cluster = kubernetes())
      value = cluster->read_key(parse_kubernetes_name(source.name.substr(0, slash)), source.name.substr(slash + 1));
  } catch (const error& failed) {
    refuse_kubernetes(source, failed, tried);
  }
  if (!value.found) tried.push_back(fmt::format("kubernetes {}: {}", source.name, value.why_not));
  return std::move(value.found);
}

}  // namespace

password_search search_password(const std::vector<password_source>& sources, const environment_lookup& environment) {
  password_search search;
  for (const auto& source : sources) {
    switch (source.kind) {
      case password_source_kind::environment: {
        auto value = environment(source.name);
        if (value && !value->empty()) {
          search.found = found_password{secret{std::move(*value)}, "environment " + source.name};
          return search;
        }
        search.tried.push_back(fmt::format("environment {} is {}", source.name, value ? "empty" : "not set"));
        break;
      }
      case password_source_kind::file:
        if (auto value = read_file(source)) {
          search.found = found_password{std::move(*value), "file " + source.name};
          return search;
        }
        search.tried.push_back(fmt::format("file {} does not exist", source.name));
        break;
      case password_source_kind::kubernetes:
        if (auto value = read_kubernetes(source, search.tried)) {
          search.found = found_password{std::move(*value), "kubernetes " + source.name};
          return search;
        }
        break;
    }
  }
  return search;
}

std::vector<password_source> on_this_machine(const std::vector<password_source>& sources) {
  std::vector<password_source> local;
  std::ranges::copy_if(sources, std::back_inserter(local),
                       [](const auto& one) { return one.kind != password_source_kind::kubernetes; });
  return local;
}

found_password find_password(const std::vector<password_source>& sources, std::string_view whose,
                             const environment_lookup& environment) {
  auto [found, tried] = search_password(sources, environment);
  if (found) return std::move(*found);
  throw error{exit_code::invalid, fmt::format("no password for {}", whose),
              tried.empty() ? "no source is declared" : fmt::format("{}", fmt::join(tried, "; ")),
              "Set one of these, or declare another source under \"password\" in the manifest."};
}

}  // namespace innkeeper::exec
