#include "k8s/kubeconfig.h"

#include <fmt/format.h>

#include <array>

#include "core/base64.h"
#include "core/diagnostic.h"
#include "core/source_text.h"
#include "core/yaml_tree.h"
#include "exec/error.h"

namespace innkeeper::k8s {
namespace {

namespace fs = std::filesystem;

struct parsed_file {
  const kubeconfig_text* from = nullptr;
  yaml::node root;
};

// Something that a file declares, and where.
struct named_item {
  const parsed_file* file = nullptr;
  const yaml::node* value = nullptr;

  [[nodiscard]] location where(const yaml::node& at) const {
    return {file->from->name, at.where.line, at.where.column};
  }
};

[[noreturn]] void refuse(const location& where, std::string_view message, std::string detail = {},
                         std::string hint = {}) {
  throw exec::error{exit_code::invalid, fmt::format("{}: {}", to_string(where), message), std::move(detail),
                    std::move(hint)};
}

parsed_file parse(const kubeconfig_text& one) {
  const source_text source{one.text};
  auto document = yaml::read(source);
  if (!document.problems.empty()) {
    const auto& first = document.problems.front();
    refuse({one.name, first.where.line, first.where.column},
           fmt::format("this kubeconfig can't be read: {}", first.message), first.detail);
  }
  if (!document.root) document.root.emplace();
  if (document.root->kind != yaml::node_kind::mapping && document.root->kind != yaml::node_kind::null)
    refuse({one.name, 1, 1}, "this is no kubeconfig", "it holds no keys at all",
           "kubectl config view shows a good one.");
  return {&one, std::move(*document.root)};
}

// "" where the key is missing, null or no text.
std::string text_of(const yaml::node& mapping, std::string_view key) {
  const auto* found = yaml::find(mapping, key);
  return found == nullptr || found->kind != yaml::node_kind::scalar ? std::string{} : found->text;
}

// The first that is called so, of `clusters`, `users` or `contexts` of all files.
std::optional<named_item> find_named(const std::vector<parsed_file>& files, std::string_view list,
                                     std::string_view name) {
  const std::string_view inner = list.substr(0, list.size() - 1);
  for (const auto& file : files) {
    const auto* all = yaml::find(file.root, list);
    if (all == nullptr) continue;
    for (const auto& one : all->items) {
      if (text_of(one, "name") != name) continue;
      const auto* value = yaml::find(one, inner);
      return named_item{&file, value == nullptr ? &one : value};
    }
  }
  return std::nullopt;
}

std::string names_in(const std::vector<parsed_file>& files, std::string_view list) {
  std::vector<std::string> names;
  for (const auto& file : files) {
    const auto* all = yaml::find(file.root, list);
    if (all == nullptr) continue;
    for (const auto& one : all->items) {
      if (auto name = text_of(one, "name"); !name.empty()) names.push_back(std::move(name));
    }
  }
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

named_item named(const std::vector<parsed_file>& files, std::string_view list, const std::string& name,
                 const location& where) {
  if (auto found = find_named(files, list, name)) return *found;
  refuse(where, fmt::format("there is no {} \"{}\"", list.substr(0, list.size() - 1), name),
         fmt::format("{}: {}", list, names_in(files, list)));
}

// What `key-data` holds in base64, else the content of the file that `key` names, else "".
std::string content_of(const named_item& item, const std::string& key, const file_reader& read) {
  if (const auto* data = yaml::find(*item.value, key + "-data"); data != nullptr && !data->text.empty()) {
    const auto bytes = from_base64(data->text);
    if (!bytes) refuse(item.where(*data), fmt::format("{}-data is not base64", key));
    return {bytes->begin(), bytes->end()};
  }
  const auto path = text_of(*item.value, key);
  return path.empty() ? std::string{} : read(item.file->from->directory / path);
}

bool is_true(const yaml::node& mapping, std::string_view key) {
  return text_of(mapping, key) == "true";
}

// By digits: 127.evil.example is a name like any other.
bool is_loopback_address(std::string_view host) {
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_this_machine(std::string_view url) {
  const std::string_view rest = url.substr(url.find("://") + 3);
  const std::string_view host =
      rest.starts_with('[') ? rest.substr(0, rest.find(']') + 1) : rest.substr(0, rest.find_first_of(":/"));
  return host == "localhost" || host == "[::1]" || is_loopback_address(host);
}

void read_cluster(const named_item& cluster, const file_reader& read, cluster_settings& into) {
  const auto* server = yaml::find(*cluster.value, "server");
  if (server == nullptr || server->text.empty()) refuse(cluster.where(*cluster.value), "this cluster names no server");
  into.server = server->text;
  const bool is_https = into.server.starts_with("https://");
  if (!is_https && !into.server.starts_with("http://"))
    refuse(cluster.where(*server), "server must be a URL with https://");
  if (!is_https && !is_this_machine(into.server))
    refuse(cluster.where(*server), "this server speaks http without TLS, and is another machine",
           "Secrets and credentials would cross the network in clear", "Name it with https://.");
  while (into.server.ends_with('/')) into.server.pop_back();
  into.authority = content_of(cluster, "certificate-authority", read);
  into.server_name = text_of(*cluster.value, "tls-server-name");
  into.is_verified = !is_true(*cluster.value, "insecure-skip-tls-verify");
  into.proxy = text_of(*cluster.value, "proxy-url");
  if (!into.is_verified && !into.authority.empty())
    refuse(cluster.where(*cluster.value), "this cluster has a certificate-authority and insecure-skip-tls-verify", {},
           "Keep one of the two; kubectl refuses both together, too.");
}

struct unsupported_key {
  std::string_view key;
  std::string_view what;
  std::string_view hint;
};

constexpr std::array unsupported_keys{
    unsupported_key{
        "exec", "its credentials come from a program, which Innkeeper doesn't run",
        "Give Innkeeper a service account of its own: innkeeper render rbac | kubectl apply -f -, then a token of it "
        "(kubectl create token, or a Secret of type kubernetes.io/service-account-token) in a kubeconfig that "
        "KUBE_CONFIG names."},
    unsupported_key{
        "auth-provider", "its credentials come from an auth-provider, which Innkeeper doesn't have",
        "Give Innkeeper a service account of its own: innkeeper render rbac | kubectl apply -f -, then a token of it "
        "(kubectl create token, or a Secret of type kubernetes.io/service-account-token) in a kubeconfig that "
        "KUBE_CONFIG names."},
    unsupported_key{"username", "it logs in with a password, which no API server takes since Kubernetes 1.19",
                    "Use a token or a client certificate."},
    unsupported_key{"as", "it impersonates somebody else, which Innkeeper doesn't do",
                    "Use credentials that have the rights themselves."}};

void read_user(const named_item& user, const std::string& name, const file_reader& read, cluster_settings& into) {
  into.token = secret{text_of(*user.value, "token")};
  // As kubectl has it: where both are there, the file counts.
  if (const auto file = text_of(*user.value, "tokenFile"); !file.empty()) {
    into.token_file = user.file->from->directory / file;
    into.token = secret{};
  }
  into.certificate = content_of(user, "client-certificate", read);
  into.key = secret{content_of(user, "client-key", read)};
  if (into.certificate.empty() != into.key.empty())
    refuse(user.where(*user.value),
           fmt::format("user \"{}\" has a client certificate without its key, or the reverse", name));
  const bool has_credentials = !into.token.empty() || !into.token_file.empty() || !into.certificate.empty();
  for (const auto& one : unsupported_keys) {
    const auto* found = yaml::find(*user.value, one.key);
    // kubectl, too, takes the certificate or token where there is one, but for impersonation, which changes who acts.
    if (found == nullptr || found->kind == yaml::node_kind::null || (has_credentials && one.key != "as")) continue;
    refuse(user.where(*found), fmt::format("user \"{}\" can't be used: {}", name, one.what), {}, std::string{one.hint});
  }
}

// The place that names it, and its name; "" where none does.
std::pair<std::string, location> current_context(const std::vector<parsed_file>& files) {
  for (const auto& file : files) {
    const auto* found = yaml::find(file.root, "current-context");
    if (found != nullptr && !found->text.empty())
      return {found->text, {file.from->name, found->where.line, found->where.column}};
  }
  return {};
}

}  // namespace

cluster_settings read_kubeconfig(const std::vector<kubeconfig_text>& files, const std::string& context,
                                 const file_reader& read) {
  std::vector<parsed_file> parsed;
  for (const auto& one : files) parsed.push_back(parse(one));
  auto [name, where] = current_context(parsed);
  if (!context.empty()) {
    name = context;
    where = {"KUBE_CONTEXT"};
  }
  const std::string whole = files.empty() ? std::string{"kubeconfig"} : files.front().name;
  if (name.empty())
    refuse({whole}, "no context is current", fmt::format("contexts: {}", names_in(parsed, "contexts")),
           "Run: kubectl config use-context NAME, or set KUBE_CONTEXT.");
  const auto chosen = named(parsed, "contexts", name, where);
  const auto place = chosen.where(*chosen.value);
  cluster_settings settings{.from = fmt::format("context \"{}\" of {}", name, chosen.file->from->name)};
  settings.name_space = text_of(*chosen.value, "namespace");
  read_cluster(named(parsed, "clusters", text_of(*chosen.value, "cluster"), place), read, settings);
  const auto user = text_of(*chosen.value, "user");
  if (!user.empty()) read_user(named(parsed, "users", user, place), user, read, settings);
  return settings;
}

}  // namespace innkeeper::k8s
