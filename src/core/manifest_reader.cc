#include "core/manifest_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "core/broker.h"
#include "core/conninfo.h"
#include "core/display.h"
#include "core/manifest_hardening.h"
#include "core/manifest_scalars.h"
#include "core/manifest_secrets.h"
#include "core/text.h"

namespace innkeeper {
namespace {

constexpr int default_connections = 20;
constexpr std::string_view default_admin = "admin_user";
constexpr std::string_view default_bootstrap = "postgres";

const yaml::node* find_usable(const yaml::node* mapping, std::string_view key) {
  const yaml::node* found = mapping == nullptr ? nullptr : yaml::find(*mapping, key);
  return found != nullptr && found->usable && found->kind != yaml::node_kind::null ? found : nullptr;
}

// A name counts as spelled even where it is wrong: inferring another one would only lead to more complaints.
const yaml::node* find_spelled(const yaml::node& mapping, std::string_view key) {
  const yaml::node* found = yaml::find(mapping, key);
  return found != nullptr && found->kind == yaml::node_kind::scalar ? found : nullptr;
}

std::string text_of(const yaml::node* mapping, std::string_view key, std::string_view otherwise = {}) {
  const yaml::node* found = find_usable(mapping, key);
  return found == nullptr ? std::string{otherwise} : found->text;
}

int integer_of(const yaml::node* mapping, std::string_view key, int otherwise) {
  const yaml::node* found = find_usable(mapping, key);
  return found == nullptr ? otherwise : static_cast<int>(parse_integer(found->text).value_or(otherwise));
}

bool boolean_of(const yaml::node* mapping, std::string_view key, bool otherwise) {
  const yaml::node* found = find_usable(mapping, key);
  return found == nullptr ? otherwise : found->text == "true";
}

std::vector<const yaml::node*> items_of(const yaml::node* list) {
  std::vector<const yaml::node*> items;
  if (list == nullptr) return items;
  if (list->kind != yaml::node_kind::sequence) return {list};
  for (const auto& item : list->items) {
    if (item.usable) items.push_back(&item);
  }
  return items;
}

bool is_setting_name(std::string_view name) {
  const auto is_word = [](unsigned char c) { return c < 0x80 && (std::isalnum(c) != 0 || c == '_' || c == '.'); };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 && name.front() != '.' &&
         name.back() != '.' && std::ranges::all_of(name, is_word);
}

struct owned_setting {
  std::string_view name;
  std::string_view hint;
};

constexpr std::array service_settings_of_ours{
    owned_setting{"role", "Use starts_as: to choose the role that sessions start as."},
    owned_setting{"session_authorization", "Use starts_as: to choose the role that sessions start as."},
    owned_setting{"search_path", "Use schema: to choose the schema; its search_path follows."}};
constexpr std::array server_settings_of_ours{
    owned_setting{"data_directory", "Use embedded: {data: PATH}."},
    owned_setting{"port", "Use embedded: {port: N}."},
    owned_setting{"unix_socket_directories", "Innkeeper chooses a directory that is short enough."},
    owned_setting{"config_file", ""},
    owned_setting{"hba_file", ""},
    owned_setting{"ident_file", ""},
    owned_setting{"external_pid_file", ""}};

template <std::size_t N>
const owned_setting* find_owned(std::string_view name, const std::array<owned_setting, N>& all) {
  const auto found = std::ranges::find(all, name, &owned_setting::name);
  return found == all.end() ? nullptr : &*found;
}

std::string place_in(const location& where) {
  return fmt::format("first in {}", to_string(where));
}

}  // namespace

manifest_reader::manifest_reader(estate_draft& draft, manifest_problems& problems, const environment_lookup& values)
    : draft_{draft}, problems_{problems}, values_{values} {
  defaults_.connections = {default_connections, {}, true};
  draft_.default_server.inferred = true;
  read_wait_environment();
}

void manifest_reader::read_root(const yaml::node& root, const source_place& source) {
  source_ = &source;
  estate& all = draft_.value;
  all.directory = source.directory;
  all.where = {source.file, 1, 1};
  read_estate_name(root);
  all.secrets_directory = read_path(".innkeeper/secrets");
  if (const auto* defaults = find_usable(&root, "defaults")) read_defaults(*defaults);
  draft_.hardening = hardening_of(root);
  read_accepted_findings(root);
  read_brokers(root);
  read_servers(root);
  read_services(root);
}

void manifest_reader::read_included(const yaml::node& root, const source_place& source) {
  source_ = &source;
  const yaml::node* name = find_usable(&root, "estate");
  if (name != nullptr && name->text != draft_.value.name) {
    problems_.error(at(name->where), "an included file belongs to another estate",
                    "Leave out estate: here, or give both the same name.",
                    fmt::format("this file says {}, the manifest {}", quoted_for_display(name->text),
                                quoted_for_display(draft_.value.name)));
  }
  read_accepted_findings(root);
  read_servers(root);
  read_services(root);
}

void manifest_reader::read_accepted_findings(const yaml::node& root) {
  for (auto& one : read_accepted(find_usable(&root, "accept"), source_->file, problems_)) {
    draft_.value.accepted.push_back(std::move(one));
  }
}

void manifest_reader::read_brokers(const yaml::node& root) {
  const auto read = [&](std::string_view key, broker_kind kind, std::string_view example, auto& into) {
    const auto* broker = find_usable(&root, key);
    const auto* url = find_usable(broker, "url");
    if (url == nullptr) return;
    const auto address = parse_broker_url(url->text);
    if (address && address->kind == kind) {
      into = broker_declaration{.address = *address,
                                .user = text_of(broker, "user"),
                                .passwords = read_passwords(find_usable(broker, "password")),
                                .where = at(url->where)};
    } else {
      problems_.hide_lines(source_->file, url->where.line, url->where.line);  // it may hold a secret
      problems_.error(at(url->where), fmt::format("url of {} must be a URL such as {}", key, example));
    }
  };
  read("redis", broker_kind::redis, "redis://HOST:6379", draft_.value.redis);
  read("rabbitmq", broker_kind::rabbitmq, "amqp://HOST:5672", draft_.value.rabbitmq);
}

hardening_rules manifest_reader::hardening_of(const yaml::node& of) const {
  return read_hardening(find_usable(&of, "hardening"), source_->file, problems_);
}

void manifest_reader::read_estate_name(const yaml::node& root) {
  const yaml::node* name = find_usable(&root, "estate");
  if (name == nullptr) return;
  draft_.value.name = name->text;
  draft_.value.where = at(name->where);
}

// A wrong variable has no place in a file; its name is place enough.
void manifest_reader::read_wait_environment() {
  const auto read = [&](std::string_view name, auto parse, auto set, std::string_view noun) {
    const auto text = values_(name);
    if (!text || text->empty()) return;
    const auto parsed = parse(*text);
    if (parsed) return set(*parsed);
    problems_.error({},
                    fmt::format("environment variable {} must be {}, not {}", name, noun, quoted_for_display(*text)));
  };
  const auto retries = [](std::string_view text) {
    const auto number = parse_integer(text);
    return number && *number >= 0 && *number <= 1'000'000 ? number : std::nullopt;
  };
  static constexpr std::string_view seconds = "a number of seconds";
  read(
      "DB_INIT_MAX_RETRIES", retries, [&](long n) { draft_.wait.max_retries = static_cast<int>(n); },
      "a whole number from 0 to 1000000");
  read(
      "DB_INIT_INITIAL_DELAY", parse_duration_or_seconds, [&](auto time) { draft_.wait.initial_delay = time; },
      seconds);
  read(
      "DB_INIT_MAX_DELAY", parse_duration_or_seconds, [&](auto time) { draft_.wait.max_delay = time; }, seconds);
  read(
      "DB_INIT_TIMEOUT", parse_duration_or_seconds, [&](auto time) { draft_.wait.timeout = time; }, seconds);
}

std::filesystem::path manifest_reader::read_path(const std::string& written) const {
  return (source_->directory / written).lexically_normal();
}

void manifest_reader::read_defaults(const yaml::node& defaults) {
  if (const auto* server = find_usable(&defaults, "server")) {
    draft_.default_server = {server->text, at(server->where), false};
  }
  if (const auto* directory = find_usable(find_usable(&defaults, "secrets"), "directory")) {
    draft_.value.secrets_directory = read_path(directory->text);
  }
  read_behaviour(defaults, defaults_);
  read_extensions(find_usable(&defaults, "extensions"), defaults_.extensions);
  read_settings(find_usable(&defaults, "settings"), defaults_.settings, false);
  read_timeouts(find_usable(&defaults, "timeouts"), defaults_.settings);
  read_migrations(find_usable(&defaults, "migrations"), defaults_.migrations);
}

void manifest_reader::read_servers(const yaml::node& root) {
  const yaml::node* servers = find_usable(&root, "servers");
  if (servers == nullptr) return;
  for (const auto& entry : servers->entries) {
    const auto [first, is_new] = servers_.emplace(entry.key, at(entry.where));
    if (!is_new) {
      problems_.error(at(entry.where),
                      fmt::format("server {} is declared a second time", quoted_for_display(entry.key)),
                      "Keep one of the two.", place_in(first->second));
      continue;
    }
    draft_.value.servers.push_back(read_server(entry));
  }
}

server_declaration manifest_reader::read_server(const yaml::entry& entry) {
  const yaml::node& node = entry.value;
  server_declaration one{.name = entry.key, .where = at(entry.where)};
  const std::string url = text_of(&node, "url");
  if (!url.empty()) one.url = parse_conninfo(url).value;
  one.embedded = read_embedded(find_usable(&node, "embedded"), one.name);
  one.admin.user = {{std::string{default_admin}}, one.where, true};
  if (one.url && !one.url->user.empty()) one.admin.user.value = one.url->user;
  read_admin(find_usable(&node, "admin"), one.admin);
  read_settings(find_usable(&node, "settings"), one.settings, true);
  one.wait = read_wait(find_usable(&node, "wait"));
  one.hardening = hardening_of(node);
  if (const auto* endpoints = find_usable(&node, "endpoints")) {
    for (const auto& endpoint : endpoints->entries) {
      draft_.endpoints[one.name].push_back(endpoint.key);
      one.endpoints.push_back(read_endpoint(endpoint));
    }
  }
  return one;
}

endpoint_declaration manifest_reader::read_endpoint(const yaml::entry& entry) const {
  const yaml::node& node = entry.value;
  endpoint_declaration one{.name = entry.key, .where = at(entry.where)};
  if (node.kind == yaml::node_kind::scalar) {
    const auto colon = node.usable ? node.text.rfind(':') : std::string::npos;
    one.address.host = node.text.substr(0, colon);
    if (colon != std::string::npos) {
      one.address.port = static_cast<int>(parse_integer(node.text.substr(colon + 1)).value_or(0));
    }
    return one;
  }
  one.address = {text_of(&node, "host"), integer_of(&node, "port", 0)};
  one.sslmode = text_of(&node, "sslmode");
  if (const auto* file = find_usable(&node, "ca_file")) one.root_certificates = read_path(file->text);
  const auto* pooler = find_usable(&node, "pooler");
  if (pooler == nullptr || (pooler->kind == yaml::node_kind::scalar && pooler->text != "true")) return one;
  one.pooler.emplace();
  if (pooler->kind == yaml::node_kind::scalar) return one;
  one.pooler->is_ours = true;
  if (text_of(pooler, "mode") == "session") one.pooler->mode = pool_mode::session;
  if (text_of(pooler, "auth") == "userlist") one.pooler->authentication = pooler_authentication::userlist;
  one.pooler->user = {text_of(pooler, "user", "innkeeper_pooler")};
  const auto* directory = find_usable(pooler, "directory");
  // The default lies beside the manifest, wherever the server's entry was included from.
  one.pooler->directory = directory != nullptr
                              ? read_path(directory->text)
                              : (draft_.value.directory / ".innkeeper/pgbouncer" / one.name).lexically_normal();
  return one;
}

embedded_declaration manifest_reader::read_embedded(const yaml::node* embedded, const std::string& server) const {
  embedded_declaration one;
  // The default lies beside the manifest, wherever the server's entry was included from.
  one.data = (draft_.value.directory / ".innkeeper" / server).lexically_normal();
  if (const auto* data = find_usable(embedded, "data")) one.data = read_path(data->text);
  one.port = integer_of(embedded, "port", 0);
  one.major = integer_of(embedded, "major", integer_of(embedded, "version", 0));
  one.encoding = text_of(embedded, "encoding", one.encoding);
  one.locale = text_of(embedded, "locale", one.locale);
  if (find_usable(embedded, "tls") != nullptr) one.tls = boolean_of(embedded, "tls", false);
  return one;
}

void manifest_reader::read_admin(const yaml::node* admin, admin_declaration& into) const {
  if (const auto* user = find_usable(admin, "user")) into.user = {{user->text}, at(user->where), false};
  into.passwords = read_passwords(find_usable(admin, "password"));
  const yaml::node* bootstrap = find_usable(admin, "bootstrap");
  if (bootstrap == nullptr) return;
  into.bootstrap = bootstrap_declaration{.user = {text_of(bootstrap, "user", default_bootstrap)},
                                         .passwords = read_passwords(find_usable(bootstrap, "password")),
                                         .superuser = boolean_of(bootstrap, "superuser", true),
                                         .where = at(bootstrap->where)};
}

wait_declaration manifest_reader::read_wait(const yaml::node* wait) const {
  wait_declaration one = draft_.wait;
  one.max_retries = integer_of(wait, "max_retries", one.max_retries);
  const auto read = [&](std::string_view key, std::chrono::milliseconds& into) {
    if (const auto* found = find_usable(wait, key)) into = parse_duration_or_seconds(found->text).value_or(into);
  };
  read("initial_delay", one.initial_delay);
  read("max_delay", one.max_delay);
  read("timeout", one.timeout);
  return one;
}

std::vector<password_source> manifest_reader::read_passwords(const yaml::node* sources) const {
  std::vector<password_source> found;
  for (const yaml::node* source : items_of(sources)) {
    if (const auto* name = find_usable(source, "env")) {
      found.push_back({password_source_kind::environment, name->text, at(source->where)});
    } else if (const auto* file = find_usable(source, "file")) {
      found.push_back({password_source_kind::file, read_path(file->text).string(), at(source->where)});
    } else if (const auto* key = find_usable(source, "kubernetes")) {
      found.push_back({password_source_kind::kubernetes, key->text, at(source->where)});
    }
  }
  return found;
}

void manifest_reader::read_services(const yaml::node& root) {
  const yaml::node* services = find_usable(&root, "services");
  if (services == nullptr) return;
  for (const auto& entry : services->entries) {
    const auto [first, is_new] = services_.emplace(entry.key, at(entry.where));
    if (!is_new) {
      problems_.error(at(entry.where),
                      fmt::format("service {} is declared a second time", quoted_for_display(entry.key)),
                      "Keep one of the two, or give one another name.", place_in(first->second));
      continue;
    }
    draft_.services.push_back(read_service(entry));
  }
}

service_draft manifest_reader::read_service(const yaml::entry& entry) {
  const yaml::node& node = entry.value;
  service_draft draft{.declared = defaults_};
  service_declaration& one = draft.declared;
  one.name = entry.key;
  one.where = at(entry.where);
  one.app = text_of(&node, "app");
  if (one.connections.inferred) one.connections.where = one.where;
  read_service_names(node, draft);
  read_behaviour(node, one);
  one.hardening = hardening_of(node);
  read_extensions(find_usable(&node, "extensions"), one.extensions);
  setting_map own;
  read_settings(find_usable(&node, "settings"), own, false);
  read_timeouts(find_usable(&node, "timeouts"), own);
  own.merge(one.settings);
  one.settings = std::move(own);
  for (const yaml::node* reader : items_of(find_usable(&node, "readers"))) {
    one.readers.push_back({reader->text, at(reader->where), false});
  }
  for (const yaml::node* workload : items_of(find_usable(&node, "restart"))) {
    one.rotation.restart.push_back(parse_workload(workload->text, at(workload->where)));
  }
  if (const auto* files = find_usable(&node, "schema_files")) one.schema_files = read_path(files->text);
  read_migrations(find_usable(&node, "migrations"), one.migrations);
  one.uses_redis = yaml::find(node, "redis") != nullptr;
  one.uses_rabbitmq = yaml::find(node, "rabbitmq") != nullptr;
  read_secrets(node, one);
  if (const auto* via = find_usable(&node, "via")) {
    draft.via = one.via = via->text;
    draft.via_where = at(via->where);
  }
  return draft;
}

void manifest_reader::read_secrets(const yaml::node& service, service_declaration& into) const {
  if (const auto* db = find_usable(find_usable(&service, "redis"), "db")) {
    into.redis_db = static_cast<int>(parse_integer(db->text).value_or(0));
  }
  into.rabbitmq_vhost = text_of(find_usable(&service, "rabbitmq"), "vhost", into.rabbitmq_vhost);
  into.secrets = read_secret_sinks(
      find_usable(&service, "secrets"), into.managed_by,
      {.file = source_->file, .directory = source_->directory, .estate = draft_.value.directory}, problems_);
}

void manifest_reader::read_service_names(const yaml::node& service, service_draft& into) const {
  service_declaration& one = into.declared;
  const auto read = [&](std::string_view key, auto& name) {
    const yaml::node* found = find_spelled(service, key);
    if (found == nullptr) {
      name = {{}, one.where, true};
    } else {
      name = {{found->text}, at(found->where), false};
    }
  };
  read("database", one.database);
  read("schema", one.schema);
  read("user", one.user);
  read("prefix", one.prefix);
  if (const auto* server = find_spelled(service, "server")) {
    one.server = server->text;
    into.server_where = at(server->where);
  }
}

void manifest_reader::read_behaviour(const yaml::node& service, service_declaration& into) const {
  if (const auto* access = find_usable(&service, "access")) {
    into.access = access->text == "owner" ? access_mode::owner : access_mode::readwrite;
  }
  if (const auto* start = find_usable(&service, "starts_as")) {
    into.starts_as = start->text == "owner" ? starting_role::owner : starting_role::self;
  }
  if (const auto* way = find_usable(&service, "authentication")) {
    into.authentication = way->text == "certificate" ? authentication_kind::certificate : authentication_kind::password;
  }
  if (const auto* mode = find_usable(&service, "mode")) {
    into.mode = mode->text == "enforce" ? management_mode::enforce
                : mode->text == "adopt" ? management_mode::adopt
                                        : management_mode::observe;
  }
  if (const auto* rotation = find_usable(&service, "rotation")) {
    into.rotation.mode = rotation->text == "overlap"    ? rotation_mode::overlap
                         : rotation->text == "in-place" ? rotation_mode::in_place
                                                        : rotation_mode::off;
    into.rotation.where = at(rotation->where);
  }
  if (const auto* manager = find_usable(&service, "managed_by")) {
    into.managed_by = manager->text == "external" ? secret_manager::external : secret_manager::innkeeper;
  }
  into.may_create_schemas = boolean_of(&service, "may_create_schemas", into.may_create_schemas);
  if (const auto* limit = find_usable(&service, "connections")) {
    into.connections = {integer_of(&service, "connections", into.connections.value), at(limit->where), false};
  }
  read_pool(find_usable(&service, "pool"), into.pool);
}

void manifest_reader::read_pool(const yaml::node* pool, std::optional<pool_declaration>& into) const {
  if (pool == nullptr) return;
  if (!into) into.emplace();
  into->size = integer_of(pool, "size", into->size);
  into->replicas = integer_of(pool, "replicas", into->replicas);
  into->where = at(pool->where);
}

void manifest_reader::read_migrations(const yaml::node* migrations, migration_declaration& into) const {
  if (migrations == nullptr) return;
  if (const auto* format = find_usable(migrations, "format")) into.format = format->text;
  if (const auto* time = find_usable(migrations, "lock_timeout")) {
    into.lock_timeout = parse_duration(time->text).value_or(into.lock_timeout);
  }
  if (const auto* time = find_usable(migrations, "statement_timeout")) {
    into.statement_timeout = parse_duration(time->text).value_or(std::chrono::milliseconds{0});
  }
  into.retries = integer_of(migrations, "retries", into.retries);
  into.out_of_order = boolean_of(migrations, "out_of_order", into.out_of_order);
  if (const auto* choice = find_usable(migrations, "on_failure")) into.starts_degraded = choice->text == "degraded";
}

// A service's own request for an extension replaces the one of defaults:.
void manifest_reader::read_extensions(const yaml::node* list, std::vector<extension_request>& into) {
  std::map<std::string, location> own;
  for (const yaml::node* item : items_of(list)) {
    const bool is_short = item->kind == yaml::node_kind::scalar;
    extension_request one{.name = {is_short ? item->text : text_of(item, "name")}, .where = at(item->where)};
    if (!is_short) {
      one.version = text_of(item, "version");
      one.optional = boolean_of(item, "optional", false);
    }
    const auto [first, is_new] = own.emplace(one.name.value, one.where);
    if (!is_new) {
      problems_.error(one.where,
                      fmt::format("extension {} is listed a second time", quoted_for_display(one.name.value)),
                      "Keep one of the two.", place_in(first->second));
      continue;
    }
    const auto inherited = std::ranges::find(into, one.name, &extension_request::name);
    if (inherited == into.end()) {
      into.push_back(std::move(one));
    } else {
      *inherited = std::move(one);
    }
  }
}

void manifest_reader::read_settings(const yaml::node* settings, setting_map& into, bool is_server) {
  if (settings == nullptr) return;
  std::map<std::string, location> own;
  for (const auto& entry : settings->entries) {
    if (!entry.value.usable) continue;
    const std::string name = to_lower(entry.key);  // PostgreSQL does not tell max_connections and Max_Connections apart
    const auto refuse = [&](std::string message, std::string hint = {}, std::string detail = {}) {
      problems_.error(at(entry.where), std::move(message), std::move(hint), std::move(detail));
    };
    const auto* owned =
        is_server ? find_owned(name, server_settings_of_ours) : find_owned(name, service_settings_of_ours);
    const auto [first, is_new] = own.emplace(name, at(entry.where));
    if (!is_setting_name(name)) {
      refuse(fmt::format("{} is not the name of a setting", quoted_for_display(entry.key)));
    } else if (owned != nullptr) {
      refuse(fmt::format("setting {} is Innkeeper's own to set", quoted_for_display(name)), std::string{owned->hint});
    } else if (!is_new) {
      refuse(fmt::format("setting {} stands here a second time", quoted_for_display(name)), "Keep one of the two.",
             place_in(first->second));
    } else {
      into[name] = {entry.value.text, at(entry.value.where), false};
    }
  }
}

void manifest_reader::read_timeouts(const yaml::node* timeouts, setting_map& into) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> settings{
      {{"statement", "statement_timeout"},
       {"idle_in_transaction", "idle_in_transaction_session_timeout"},
       {"lock", "lock_timeout"}}};
  for (const auto& [key, setting] : settings) {
    const yaml::node* value = find_usable(timeouts, key);
    if (value == nullptr) continue;
    const declared<std::string> one{to_setting(parse_duration(value->text).value_or(std::chrono::milliseconds{0})),
                                    at(value->where), false};
    const auto [same, is_new] = into.emplace(setting, one);
    if (is_new) continue;
    problems_.error(one.where, fmt::format("timeout {} says again what settings: says", quoted_for_display(key)),
                    "Keep one of the two.", fmt::format("{} in {}", setting, to_string(same->second.where)));
  }
}

}  // namespace innkeeper
