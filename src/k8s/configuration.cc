#include "k8s/configuration.h"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "core/base64.h"
#include "exec/error.h"
#include "k8s/kubeconfig.h"

namespace innkeeper::k8s {
namespace {

namespace fs = std::filesystem;

// Nothing where there is no such file. Throws where it can't be read.
std::optional<std::string> content_if_there(const fs::path& file) {
  std::error_code ignored;
  const bool is_directory = fs::is_directory(file, ignored);
  errno = is_directory ? EISDIR : 0;
  std::ifstream stream;
  if (!is_directory) stream.open(file, std::ios::binary);
  if (stream.is_open()) {
    std::string text{std::istreambuf_iterator<char>{stream}, {}};
    if (!stream.bad()) return text;
  }
  // A name that no file can have is a kubeconfig gone wrong, which is a secret.
  if (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG) return std::nullopt;
  throw exec::error{exit_code::invalid, fmt::format("could not read \"{}\"", file.string()),
                    std::generic_category().message(errno == 0 ? EIO : errno)};
}

std::string content(const fs::path& file) {
  if (auto text = content_if_there(file)) return std::move(*text);
  throw exec::error{exit_code::invalid, fmt::format("could not read \"{}\"", file.string()),
                    std::generic_category().message(ENOENT)};
}

std::string value_of(const environment_lookup& environment, std::string_view name) {
  return environment(name).value_or("");
}

bool is_kubeconfig_itself(std::string_view text) {
  return text.find("clusters:") != std::string_view::npos || text.find("\"clusters\"") != std::string_view::npos;
}

// Build systems wrap base64 into lines.
std::optional<std::string> kubeconfig_itself(const std::string& value) {
  if (is_kubeconfig_itself(value)) return value;
  std::string packed = value;
  std::erase_if(packed, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
  const auto bytes = from_base64(packed);
  if (!bytes) return std::nullopt;
  std::string text{bytes->begin(), bytes->end()};
  return is_kubeconfig_itself(text) ? std::optional{std::move(text)} : std::nullopt;
}

bool may_be_shown(std::string_view list) {
  constexpr std::size_t longest = 255;
  return list.starts_with('/') && list.size() <= longest && list.find('\n') == std::string_view::npos;
}

// kubectl passes over files of KUBECONFIG that aren't there, as long as one is.
std::vector<kubeconfig_text> read_list(std::string_view variable, const std::string& list) {
  std::vector<kubeconfig_text> files;
  for (std::size_t at = 0; at <= list.size();) {
    const auto end = std::min(list.find(':', at), list.size());
    const fs::path file = list.substr(at, end - at);
    at = end + 1;
    if (file.empty()) continue;
    if (auto text = content_if_there(file))
      files.push_back({file.string(), fs::absolute(file).parent_path(), std::move(*text)});
  }
  if (files.empty())
    throw exec::error{exit_code::invalid, fmt::format("{} names no kubeconfig that is there", variable),
                      // It may be a kubeconfig that was cut off: that is a secret.
                      may_be_shown(list) ? fmt::format("{}={}", variable, list) : "",
                      fmt::format("Correct {}, or unset it.", variable)};
  return files;
}

std::vector<kubeconfig_text> find_kubeconfigs(const environment_lookup& environment) {
  if (const auto value = value_of(environment, "KUBE_CONFIG"); !value.empty()) {
    if (auto text = kubeconfig_itself(value)) return {{"KUBE_CONFIG", fs::current_path(), std::move(*text)}};
    return read_list("KUBE_CONFIG", value);
  }
  if (const auto list = value_of(environment, "KUBECONFIG"); !list.empty()) return read_list("KUBECONFIG", list);
  const fs::path home = value_of(environment, "HOME");
  if (home.empty()) return {};
  const fs::path usual = home / ".kube/config";
  auto text = content_if_there(usual);
  if (!text || text->empty()) return {};
  return {{usual.string(), usual.parent_path(), std::move(*text)}};
}

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
}

std::string without_line_end(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::optional<cluster_settings> read_service_account(const environment_lookup& environment, const fs::path& directory) {
  const auto host = value_of(environment, "KUBERNETES_SERVICE_HOST");
  const auto port = value_of(environment, "KUBERNETES_SERVICE_PORT");
  if (host.empty() || port.empty() || !fs::exists(directory / "token")) return std::nullopt;
  return cluster_settings{.from = "the pod's service account",
                          .server = fmt::format("https://{}:{}", bracketed(host), port),
                          .authority = content(directory / "ca.crt"),
                          .token_file = directory / "token",
                          .name_space = without_line_end(content_if_there(directory / "namespace").value_or(""))};
}

}  // namespace

found_cluster find_cluster(const environment_lookup& environment, const fs::path& service_account) {
  const auto context = value_of(environment, "KUBE_CONTEXT");
  const auto files = find_kubeconfigs(environment);
  if (!files.empty()) return {read_kubeconfig(files, context, content), {}};
  if (auto found = read_service_account(environment, service_account)) return {std::move(found), {}};
  return {std::nullopt, "no kubeconfig is here, and this is no pod with a service account"};
}

}  // namespace innkeeper::k8s
