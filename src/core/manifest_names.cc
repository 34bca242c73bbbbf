#include "core/manifest_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "core/display.h"
#include "core/manifest_hardening.h"
#include "core/manifest_secrets.h"
#include "core/naming.h"

namespace innkeeper {
namespace {

using service_group = std::vector<service_declaration*>;
using database_key = std::pair<std::string, std::string>;  // server, database

std::string also_at(const location& where) {
  return fmt::format("the other is at {}", to_string(where));
}

std::string meant_hint(std::string_view word, const std::vector<std::string_view>& known,
                       const manifest_problems& problems) {
  static constexpr std::size_t most_known = 2000;  // beyond that, comparing them all costs more than the hint is worth
  if (word.size() > 64 || known.size() > most_known || problems.is_full()) return {};
  const std::string_view meant = nearest(word, known);
  return meant.empty() ? std::string{} : fmt::format("Did you mean \"{}\"?", meant);
}

std::vector<std::string_view> server_names(const estate& all) {
  std::vector<std::string_view> names;
  for (const auto& server : all.servers) names.push_back(server.name);
  return names;
}

// No `servers:` at all: one embedded server with every default.
void add_default_server(estate_draft& draft) {
  estate& all = draft.value;
  if (!all.servers.empty()) return;
  server_declaration one{.name = "shared", .where = all.where, .wait = draft.wait};
  one.embedded.data = (all.directory / ".innkeeper" / one.name).lexically_normal();
  one.admin.user = {{"admin_user"}, one.where, true};
  all.servers.push_back(std::move(one));
}

class estate_completion {
 public:
  estate_completion(estate_draft draft, manifest_problems& problems) : draft_{std::move(draft)}, problems_{problems} {}

  estate run() {
    check_default_server();
    check_embedded_servers();
    for (auto& service : draft_.services) place_on_server(service);
    resolve_hardening();
    infer_databases();
    infer_schemas();
    infer_users();
    for (auto& service : draft_.services) all_.services.push_back(std::move(service.declared));
    check_databases();
    check_schemas();
    check_users();
    check_readers();
    check_accepted();
    check_role_names();
    check_secret_sinks(all_, problems_);
    return std::move(all_);
  }

 private:
  void refuse(const location& where, std::string message, std::string hint = {}, std::string detail = {}) {
    problems_.error(where, std::move(message), std::move(hint), std::move(detail));
  }

  void refuse_unknown_server(const location& where, const std::string& name) {
    const auto known = server_names(all_);
    const std::string hint = meant_hint(name, known, problems_);
    refuse(where, fmt::format("server {} is not declared", quoted_for_display(name)), hint,
           fmt::format("declared servers: {}", fmt::join(known, ", ")));
  }

  void check_default_server() {
    const auto& asked = draft_.default_server;
    if (asked.inferred || find_server(asked.value) != nullptr) return;
    refuse_unknown_server(asked.where, asked.value);
  }

  void check_embedded_servers() {
    std::map<std::filesystem::path, const server_declaration*> by_data;
    std::map<int, const server_declaration*> by_port;
    for (const auto& one : all_.servers) {
      if (one.url) continue;
      const auto same_data = by_data.emplace(one.embedded.data, &one);
      const auto same_port = by_port.emplace(one.embedded.port, &one);
      if (!same_data.second) refuse_shared_by_servers(one, *same_data.first->second, "data directory");
      if (one.embedded.port != 0 && !same_port.second) refuse_shared_by_servers(one, *same_port.first->second, "port");
    }
  }

  void refuse_shared_by_servers(const server_declaration& one, const server_declaration& other, std::string_view what) {
    refuse(one.where,
           fmt::format("servers {} and {} have the same {}", quoted_for_display(other.name),
                       quoted_for_display(one.name), what),
           "Give each embedded server its own.", also_at(other.where));
  }

  const server_declaration* find_server(std::string_view name) const {
    const auto found = std::ranges::find(all_.servers, name, &server_declaration::name);
    return found == all_.servers.end() ? nullptr : &*found;
  }

  void place_on_server(service_draft& service) {
    service_declaration& one = service.declared;
    const bool is_spelled = service.server_where.line > 0;
    if (is_spelled && find_server(one.server) == nullptr) refuse_unknown_server(service.server_where, one.server);
    if (!is_spelled && !draft_.default_server.inferred) one.server = draft_.default_server.value;
    if (!is_spelled && draft_.default_server.inferred) {
      one.server = all_.servers.front().name;
      if (all_.servers.size() > 1) {
        refuse(one.where, fmt::format("service {} does not say which server it lives on", quoted_for_display(one.name)),
               "Say server: in the service or in defaults:.",
               fmt::format("declared servers: {}", fmt::join(server_names(all_), ", ")));
      }
    }
    check_via(service);
  }

  void check_via(const service_draft& service) {
    if (service.via.empty()) return;
    check_tls_of_pooler(service);
    if (service.declared.authentication == authentication_kind::certificate) check_via_with_certificate(service);
    const auto& endpoints = draft_.endpoints[service.declared.server];
    if (std::ranges::find(endpoints, service.via) != endpoints.end()) return;
    const std::vector<std::string_view> known{endpoints.begin(), endpoints.end()};
    refuse(service.via_where,
           fmt::format("endpoint {} is not declared by server {}", quoted_for_display(service.via),
                       quoted_for_display(service.declared.server)),
           meant_hint(service.via, known, problems_));
  }

  // What is encrypted all the way to the server is not to go in clear to a pooler because nobody thought of it.
  void check_tls_of_pooler(const service_draft& service) {
    const auto* server = find_server(service.declared.server);
    if (server == nullptr) return;
    const auto found = std::ranges::find(server->endpoints, service.via, &endpoint_declaration::name);
    if (found == server->endpoints.end() || !found->pooler || !found->sslmode.empty()) return;
    const auto& host = found->address.host;
    const bool is_here = host == "localhost" || host == "::1" || host.starts_with("127.") || host.starts_with('/');
    if (is_here || !insists_on_tls(*server)) return;
    refuse(service.via_where,
           fmt::format("service {} would reach pooler {} without TLS, and server {} asks for it",
                       quoted_for_display(service.declared.name), quoted_for_display(service.via),
                       quoted_for_display(server->name)),
           "Say sslmode: in the endpoint; disable, where that network is trusted.", also_at(found->where));
  }

  static bool insists_on_tls(const server_declaration& server) {
    if (!server.url) return server.embedded.tls.value_or(false);
    const auto mode = server.url->parameters.find("sslmode");
    return mode != server.url->parameters.end() && (mode->second == "require" || mode->second.starts_with("verify"));
  }

  // It would have to end its client's TLS, and has no key of the client's to go on with.
  void check_via_with_certificate(const service_draft& service) {
    const auto* server = find_server(service.declared.server);
    if (server == nullptr) return;
    const auto found = std::ranges::find(server->endpoints, service.via, &endpoint_declaration::name);
    if (found == server->endpoints.end() || !found->pooler) return;
    refuse(service.via_where,
           fmt::format("service {} shows a certificate, which no pooler can pass on",
                       quoted_for_display(service.declared.name)),
           "Leave out via:, or say authentication: password.");
  }

  void resolve_hardening() {
    for (auto& server : all_.servers) server.hardening = nearest_of(server.hardening, draft_.hardening);
    for (auto& [one, server_where, via_where, via] : draft_.services) {
      const auto* server = find_server(one.server);
      if (server != nullptr) one.hardening = nearest_of(one.hardening, server->hardening);
    }
  }

  template <class Name>
  void check_inferred(const service_declaration& one, std::string_view what, const declared<Name>& name) {
    if (!name.inferred || check_simple_name(one.name)) return;  // the service's own name has been refused already
    const auto found = check_name(name.value);
    if (!found) return;
    refuse(one.where,
           fmt::format("{} {} of service {} {}", what, quoted_for_display(name.value.value),
                       quoted_for_display(one.name), found->message),
           fmt::format("Say {}: in the service.", what), found->detail);
  }

  void infer_databases() {
    for (auto& [one, server, via, text] : draft_.services) {
      if (!one.database.inferred) continue;
      one.database.value.value = to_identifier(one.name);
      check_inferred(one, "database", one.database);
    }
  }

  void infer_schemas() {
    std::map<database_key, int> services;
    for (const auto& draft : draft_.services) ++services[{draft.declared.server, draft.declared.database.value.value}];
    for (auto& draft : draft_.services) {
      service_declaration& one = draft.declared;
      if (!one.schema.inferred) continue;
      const bool is_shared = services[{one.server, one.database.value.value}] > 1;
      one.schema.value.value = is_shared && one.prefix.value.empty() ? to_identifier(one.name) : "public";
      if (is_shared) check_inferred(one, "schema", one.schema);
    }
  }

  void infer_users() {
    for (auto& draft : draft_.services) {
      service_declaration& one = draft.declared;
      if (!one.user.inferred) continue;
      one.user.value = default_user(one.database.value);
      if (!check_name(one.database.value)) check_inferred(one, "user", one.user);
    }
  }

  // False: one of a group that shares something did not say so, its own name came from inference.
  template <class Name>
  bool check_sharing(const service_group& group, std::string_view what, declared<Name> service_declaration::*name) {
    const auto silent = std::ranges::find_if(group, [&](const auto* one) { return (one->*name).inferred; });
    if (group.size() < 2 || silent == group.end()) return true;
    const auto* other = *silent == group.front() ? group[1] : group.front();
    const auto& value = (other->*name).value.value;
    refuse(
        ((*silent)->*name).where,
        fmt::format("services {} and {} would share {} {} without saying so", quoted_for_display((*silent)->name),
                    quoted_for_display(other->name), what, quoted_for_display(value)),
        fmt::format("Say {}: {} in both to share it, or give one of them another.", what, unquoted_for_display(value)),
        also_at((other->*name).where));
    return false;
  }

  template <class Key>
  std::map<Key, service_group> group_by(Key (*key)(const service_declaration&)) {
    std::map<Key, service_group> groups;
    for (auto& one : all_.services) groups[key(one)].push_back(&one);
    return groups;
  }

  static database_key database_of(const service_declaration& one) { return {one.server, one.database.value.value}; }
  static database_key user_of(const service_declaration& one) { return {one.server, one.user.value.value}; }
  static std::tuple<std::string, std::string, std::string> schema_of(const service_declaration& one) {
    return {one.server, one.database.value.value, one.schema.value.value};
  }

  void check_databases() {
    for (const auto& [key, group] : group_by(database_of)) {
      if (check_sharing(group, "database", &service_declaration::database)) continue;
      for (const auto* one : group) unsaid_.insert(one);
    }
  }

  void check_schemas() {
    for (const auto& [key, group] : group_by(schema_of)) {
      if (group.size() > 1 && !unsaid_.contains(group.front())) check_prefixes(group);
    }
  }

  void check_prefixes(const service_group& group) {
    std::map<std::string, const service_declaration*> prefixes;
    const auto* first = group.front();
    for (const auto* one : group) {
      const auto& prefix = one->prefix.value;
      if (prefix.empty()) {
        const auto* other = one == first ? group[1] : first;
        refuse(one->schema.inferred ? one->where : one->schema.where,
               fmt::format("services {} and {} would share schema {} of database {}", quoted_for_display(one->name),
                           quoted_for_display(other->name), quoted_for_display(one->schema.value.value),
                           quoted_for_display(one->database.value.value)),
               "Give each a schema of its own, or a prefix: for its tables in each.",
               also_at(other->schema.inferred ? other->where : other->schema.where));
        return;
      }
      const auto [same, is_new] = prefixes.emplace(prefix, one);
      if (is_new) continue;
      refuse(one->prefix.where,
             fmt::format("services {} and {} have the same prefix in the same schema",
                         quoted_for_display(same->second->name), quoted_for_display(one->name)),
             "Give each a prefix of its own.", also_at(same->second->prefix.where));
    }
  }

  // Users inferred from a database that was shared by mistake are no mistake of their own.
  void check_users() {
    for (const auto& [key, group] : group_by(user_of)) {
      const auto follows = [&](const auto* one) { return unsaid_.contains(one); };
      if (std::ranges::any_of(group, follows)) continue;
      if (check_sharing(group, "user", &service_declaration::user)) check_starting_roles(group);
    }
  }

  void refuse_two_ways_in(const service_declaration& one, const service_declaration& other) {
    refuse(
        one.user.where,
        fmt::format("user {} of services {} and {} would log in in two ways", quoted_for_display(one.user.value.value),
                    quoted_for_display(other.name), quoted_for_display(one.name)),
        "Give both services the same authentication:, or each a user of its own.", also_at(other.user.where));
  }

  // ALTER ROLE … IN DATABASE … SET role: a log-in starts as one role in each database.
  void check_starting_roles(const service_group& group) {
    std::map<std::string, const service_declaration*> first_in_database;
    for (const auto* one : group) {
      const auto [found, is_new] = first_in_database.emplace(one->database.value.value, one);
      const auto* other = is_new ? group.front() : found->second;
      if (one->authentication != other->authentication) {
        refuse_two_ways_in(*one, *other);
        continue;
      }
      if (is_new) continue;
      const auto subject = fmt::format("user {} of services {} and {}", quoted_for_display(one->user.value.value),
                                       quoted_for_display(other->name), quoted_for_display(one->name));
      if (one->schema.value != other->schema.value) {
        refuse(one->user.where, fmt::format("{} would need two schemas of one database", subject),
               "Give each service a user of its own, or both one schema with a prefix: in each.",
               also_at(other->user.where));
      } else if (one->access != other->access || one->starts_as != other->starts_as) {
        refuse(one->user.where, fmt::format("{} would start as two roles in one database", subject),
               "Give both services the same access: and starts_as:, or each a user of its own.",
               also_at(other->user.where));
      }
    }
  }

  void check_readers() {
    std::map<std::string_view, const service_declaration*> by_name;
    std::vector<std::string_view> names;
    for (const auto& one : all_.services) {
      by_name.emplace(one.name, &one);
      names.push_back(one.name);
    }
    for (const auto& one : all_.services) {
      std::set<std::string_view> seen;
      for (const auto& reader : one.readers) {
        const auto found = by_name.find(reader.value);
        if (found == by_name.end()) {
          refuse(reader.where, fmt::format("reader {} is not a declared service", quoted_for_display(reader.value)),
                 meant_hint(reader.value, names, problems_));
        } else if (!seen.insert(reader.value).second) {
          refuse(reader.where, fmt::format("reader {} is listed twice", quoted_for_display(reader.value)));
        } else {
          check_reader(one, *found->second, reader.where);
        }
      }
    }
  }

  void check_accepted() {
    std::vector<std::string_view> names;
    for (const auto& one : all_.services) names.push_back(one.name);
    for (const auto& one : all_.accepted) {
      if (!one.server.empty() && find_server(one.server) == nullptr) refuse_unknown_server(one.where, one.server);
      if (one.service.empty() || std::ranges::find(names, one.service) != names.end()) continue;
      refuse(one.where, fmt::format("service {} is not declared", quoted_for_display(one.service)),
             meant_hint(one.service, names, problems_));
    }
  }

  void check_reader(const service_declaration& one, const service_declaration& reader, const location& where) {
    if (&one == &reader) {
      refuse(where, fmt::format("service {} is listed as a reader of itself", quoted_for_display(one.name)),
             "Leave it out.");
    } else if (one.server != reader.server) {
      refuse(where, fmt::format("reader {} lives on another server", quoted_for_display(reader.name)),
             "Readers log in where the data is: put both services on one server.",
             fmt::format("{} lives on {}, {} on {}", one.name, one.server, reader.name, reader.server));
    } else if (one.user.value == reader.user.value) {
      refuse(where,
             fmt::format("reader {} has the same user as service {}", quoted_for_display(reader.name),
                         quoted_for_display(one.name)),
             "Leave it out: one user is one log-in.");
    }
  }

  // Every role that Innkeeper would make on each server, with what it is for: one name must not mean two things.
  void check_role_names() {
    const schema_census census{all_};
    for (const auto& server : all_.servers) {
      claim(server.name, server.admin.user.value, "the admin", server.admin.user.where);
      if (server.admin.bootstrap && server.admin.bootstrap->user != server.admin.user.value) {
        claim(server.name, server.admin.bootstrap->user, "the bootstrap role", server.admin.bootstrap->where);
      }
    }
    for (const auto& one : all_.services) {
      if (!check_name(one.user.value)) claim(one.server, one.user.value, "a service's user", one.user.where);
      check_name_of_certificate(one);
    }
    for (const auto& one : all_.services) claim_derived(census, one);
    for (const auto& server : all_.servers) {
      for (const auto& one : server.endpoints) {
        if (one.pooler && one.pooler->is_ours)
          claim(server.name, one.pooler->user, "the log-in of a pooler", one.where);
      }
    }
  }

  // From PostgreSQL 16 on, pg_hba.conf takes such a user for a regular expression, quoted or not.
  void check_name_of_certificate(const service_declaration& one) {
    if (one.authentication != authentication_kind::certificate || !one.user.value.value.starts_with('/')) return;
    refuse(
        one.user.where,
        fmt::format("user {} can't show a certificate: pg_hba.conf takes a name that begins with \"/\" for a pattern",
                    quoted_for_display(one.user.value.value)),
        "Choose another user, or say authentication: password.");
  }

  void claim_derived(const schema_census& census, const service_declaration& one) {
    if (check_simple_name(one.name) || check_name(one.database.value)) return;
    const std::string base = role_base(census, one);
    const std::string schema = fmt::format("schema {} of database {}", quoted_for_display(one.schema.value.value),
                                           quoted_for_display(one.database.value.value));
    const auto& database = one.database.value;
    const location& where = one.database.inferred ? one.where : one.database.where;
    claim(one.server, access_role(database),
          fmt::format("the access role of database {}", quoted_for_display(database.value)), where);
    claim(one.server, owner_role(base), fmt::format("the owner of {}", schema), one.where);
    claim(one.server, rw_role(base), fmt::format("the writers of {}", schema), one.where);
    claim(one.server, ro_role(base), fmt::format("the readers of {}", schema), one.where);
    if (one.access == access_mode::readwrite) {
      claim(one.server, migrator_role(one.name),
            fmt::format("the migrator of service {}", quoted_for_display(one.name)), one.where);
    }
    if (!check_name(one.user.value))
      claim(one.server, twin_of(one.user.value),
            fmt::format("the twin of user {}", quoted_for_display(one.user.value.value)), one.user.where);
  }

  void claim(const std::string& server, const role_name& role, std::string meaning, const location& where) {
    if (role.value.size() > max_identifier_bytes) {
      if (!told_too_long_.insert({server, role.value}).second) return;
      refuse(where,
             fmt::format("role {}, {}, would be {} bytes long", quoted_for_display(role.value), meaning,
                         role.value.size()),
             "Choose a shorter name for the service, its database or its user.",
             fmt::format("PostgreSQL cuts names at {} bytes", max_identifier_bytes));
      return;
    }
    const auto [first, is_new] = claims_.emplace(std::pair{server, role.value}, std::pair{meaning, where});
    if (is_new || first->second.first == meaning) return;
    refuse(where,
           fmt::format("role {} would be two things: {}, and {}", quoted_for_display(role.value), first->second.first,
                       meaning),
           "Give one of them another name.", also_at(first->second.second));
  }

  estate_draft draft_;
  manifest_problems& problems_;
  estate& all_ = draft_.value;
  std::map<std::pair<std::string, std::string>, std::pair<std::string, location>> claims_;
  std::set<std::pair<std::string, std::string>> told_too_long_;
  std::set<const service_declaration*> unsaid_;  // share a database without saying so
};

}  // namespace

estate complete_estate(estate_draft draft, manifest_problems& problems) {
  add_default_server(draft);
  return estate_completion{std::move(draft), problems}.run();
}

}  // namespace innkeeper
