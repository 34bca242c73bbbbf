#include "core/desired.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "core/desired_hardening.h"
#include "core/desired_twins.h"
#include "core/naming.h"
#include "core/pooler_lookup.h"
#include "core/sql.h"

namespace innkeeper {
namespace {

// Collects the parts of one server; each helper below adds what one service or one database asks for.
class builder {
 public:
  builder(const estate& all, const server_declaration& server) : all_{all}, server_{server}, census_{all} {
    desired_.name = server.name;
    desired_.mark = mark_of(all.name);
    desired_.settings = server.settings;
    desired_.hardening = server.hardening;
    encoding_ = server.embedded.encoding;
    locale_ = server.url ? std::string{} : server.embedded.locale;
    for (const auto& service : all.services) {
      if (service.server != server.name) continue;
      if (is_managed(service)) services_.push_back(&service);
      if (service.mode == management_mode::observe) leave_alone(service);
    }
  }

  desired_server build() {
    add_registry();
    for (const auto* service : services_) {
      add_database(*service);
      add_schema(*service);
      add_history(*service);
      add_extensions(*service);
      add_log_ins(*service);
      add_readers(*service);
      add_pool(*service);
    }
    add_poolers();
    add_hardening(all_, services_, desired_);
    for (auto& database : desired_.databases) finish(database);
    return std::move(desired_);
  }

 private:
  [[nodiscard]] origin from(const service_declaration& service, const location& where) const {
    return {service.name, where.line == 0 ? service.where : where};
  }

  void leave_alone(const service_declaration& service) {
    const std::string base = role_base(census_, service);
    for (const auto& role : {access_role(service.database.value), owner_role(base), rw_role(base), ro_role(base),
                             migrator_role(service.name), service.user.value, twin_of(service.user.value)}) {
      desired_.observed_roles.insert(role);
    }
    desired_.observed_databases.insert(service.database.value);
  }

  desired_database& database_of(const service_declaration& service) {
    return desired_.databases[database_index_.at(service.database.value)];
  }

  // What several services ask for keeps the first one's place and is nobody's alone: when it fails, it fails for all.
  static void share(origin& known, const origin& other) {
    if (known.service != other.service) known.service.clear();
  }

  desired_role& add_role(const role_name& name, bool can_login, const origin& where) {
    const auto [known, is_new] = role_index_.try_emplace(name, desired_.roles.size());
    if (is_new) desired_.roles.push_back({.name = name, .can_login = can_login, .from = where});
    auto& role = desired_.roles[known->second];
    share(role.from, where);
    return role;
  }

  void add_membership(const role_name& role, const role_name& member, bool inherit, const origin& where) {
    const auto [known, is_new] = membership_index_.try_emplace({role, member}, desired_.memberships.size());
    if (is_new) desired_.memberships.push_back({role, member, inherit, where});
    auto& membership = desired_.memberships[known->second];
    share(membership.from, where);
    membership.inherit = membership.inherit || inherit;
  }

  void add_registry() {
    desired_.databases.push_back({.name = registry_database, .encoding = "UTF8", .is_registry = true});
  }

  void add_database(const service_declaration& service) {
    const auto& name = service.database.value;
    const auto where = from(service, service.database.where);
    if (database_index_.try_emplace(name, desired_.databases.size()).second) {
      desired_.databases.push_back({.name = name,
                                    .access = access_role(name),
                                    .connection_limit = admin_connections,
                                    .encoding = encoding_,
                                    .locale = locale_,
                                    .from = where});
      auto& database = desired_.databases.back();
      database.grants.push_back({database.access, "Tc"});
      database.schemas.push_back(
          {.name = extensions_schema, .grants = {{database.access, "U"}}, .from = {"", where.where}});
    }
    auto& database = database_of(service);
    share(database.from, where);
    add_role(database.access, false, where);
    database.services.push_back(service.name);
    database.connection_limit += service.connections.value;
  }

  void add_schema(const service_declaration& service) {
    auto& database = database_of(service);
    const std::string base = role_base(census_, service);
    const auto& schema = service.schema.value;
    const auto where = from(service, service.schema.where);
    const role_name owner = owner_role(base);
    const role_name rw = rw_role(base);
    const role_name ro = ro_role(base);
    for (const auto& role : {owner, rw, ro}) {
      add_role(role, false, where);
      add_membership(database.access, role, true, where);
    }
    const auto known = std::ranges::find(database.schemas, schema, &desired_schema::name);
    if (known == database.schemas.end()) {
      database.schemas.push_back({.name = schema, .owner = owner, .grants = {{rw, "U"}, {ro, "U"}}, .from = where});
      database.object_grants.push_back({.owner = owner, .schema = schema, .rw = rw, .ro = ro, .from = where});
    } else {
      share(known->from, where);
      share(std::ranges::find(database.object_grants, owner, &desired_object_grants::owner)->from, where);
    }
    if (!service.may_create_schemas) return;
    auto grants = std::ranges::find(database.object_grants, owner, &desired_object_grants::owner);
    grants->every_schema = true;
    const desired_grant create{owner, "C"};
    if (std::ranges::find(database.grants, create) == database.grants.end()) database.grants.push_back(create);
  }

  // Where its schema files are remembered; its session writes there, since only the admin may make schemas.
  void add_history(const service_declaration& service) {
    if (service.schema_files.empty()) return;
    const std::string base = role_base(census_, service);
    desired_schema history{.name = history_schema(service.name, census_.shares_its_database(service)),
                           .owner = owner_role(base),
                           .from = from(service, service.where)};
    if (service.access == access_mode::readwrite) history.grants.push_back({rw_role(base), "U"});
    database_of(service).schemas.push_back(std::move(history));
  }

  void add_extensions(const service_declaration& service) {
    auto& wanted = database_of(service).extensions;
    for (const auto& asked : service.extensions) {
      const auto found = std::ranges::find(wanted, asked.name, &desired_extension::name);
      if (found == wanted.end()) {
        wanted.push_back({asked.name, asked.version, asked.optional, from(service, asked.where)});
      } else {
        found->optional = found->optional && asked.optional;
        if (found->version.empty()) found->version = asked.version;
      }
    }
  }

  void add_setting(const role_name& role, const service_declaration& service, const std::string& name,
                   const std::string& value, const origin& where) {
    // Several services behind one log-in in one database (table prefixes): the first one that sets a value wins.
    if (setting_keys_.insert({role, service.database.value, name}).second) {
      desired_.role_settings.push_back({role, service.database.value, name, value, where});
    }
  }

  // A log-in owns nothing: it starts as a group role, per database, and works in that role's schema.
  void add_log_in(const service_declaration& service, const role_name& login, const role_name& starts_as,
                  int connections) {
    const auto where = from(service, service.user.where);
    const bool itself = service.starts_as == starting_role::self;
    auto& role = add_role(login, true, where);
    role.connection_limit = std::max(0, role.connection_limit) + connections;
    role.by_certificate = service.authentication == authentication_kind::certificate;
    add_membership(access_role(service.database.value), login, true, where);
    add_membership(starts_as, login, itself, where);
    if (itself) {
      add_own_objects(service, login, where);
    } else {
      add_setting(login, service, "role", starts_as.value, where);
    }
    if (has_several_schemas(service)) {
      add_setting(login, service, "search_path", search_path_of(service.schema.value), where);
    }
    for (const auto& [name, value] : service.settings) {
      add_setting(login, service, name, value.value, from(service, value.where));
    }
  }

  // What a log-in that starts as itself makes belongs to it, so the others' privileges on that have to be asked for.
  void add_own_objects(const service_declaration& service, const role_name& login, const origin& where) {
    const std::string base = role_base(census_, service);
    auto& grants = database_of(service).object_grants;
    if (std::ranges::find(grants, login, &desired_object_grants::owner) != grants.end()) return;
    grants.push_back({.owner = login,
                      .schema = service.schema.value,
                      .every_schema = service.may_create_schemas,
                      .rw = rw_role(base),
                      .ro = ro_role(base),
                      .from = where});
  }

  void add_log_ins(const service_declaration& service) {
    const std::string base = role_base(census_, service);
    if (service.access == access_mode::owner) {
      add_log_in(service, service.user.value, owner_role(base), service.connections.value);
      return;
    }
    add_log_in(service, service.user.value, rw_role(base), service.connections.value);
    add_log_in(service, migrator_role(service.name), owner_role(base), migrator_connections);
    database_of(service).connection_limit += migrator_connections;
  }

  void add_readers(const service_declaration& service) {
    const role_name ro = ro_role(role_base(census_, service));
    for (const auto& declared_reader : service.readers) {
      const auto* reader = find_service(all_, declared_reader.value);
      if (reader == nullptr || reader->server != service.server || !is_managed(*reader)) continue;
      const auto where = from(service, declared_reader.where);
      if (reader->database.value == service.database.value) {
        // In one database a log-in starts as its own role, so that role has to hold the reading too.
        const std::string base = role_base(census_, *reader);
        add_membership(ro, reader->access == access_mode::owner ? owner_role(base) : rw_role(base), true, where);
        continue;
      }
      const role_name& login = reader->user.value;
      add_role(login, true, from(*reader, reader->user.where));
      const bool itself = reader->starts_as == starting_role::self;
      add_membership(access_role(service.database.value), login, true, where);
      add_membership(ro, login, itself, where);
      if (!itself) add_setting(login, service, "role", ro.value, where);
      if (has_several_schemas(service)) {
        add_setting(login, service, "search_path", search_path_of(service.schema.value), where);
      }
    }
  }

  // Each database that a pooler serves tells it the verifiers of its log-ins, and lets it in for no more than that.
  void add_poolers() {
    for (const auto& one : server_.endpoints) {
      const bool asks = one.pooler && one.pooler->is_ours && one.pooler->authentication == pooler_authentication::query;
      if (!asks) continue;
      const origin where{"", one.where};
      const auto& user = one.pooler->user;
      std::set<database_name> served;
      for (const auto* service : services_) {
        if (service->via == one.name && served.insert(service->database.value).second)
          add_lookup(database_of(*service), user, where);
      }
      // Twice: one that is started anew beside the former.
      if (!served.empty()) add_role(user, true, where).connection_limit = 2 * pooler_connections;
    }
  }

  static void add_lookup(desired_database& database, const role_name& user, const origin& where) {
    if (!database.lookup) {
      database.lookup = desired_lookup{.users = {}, .from = where};
      database.schemas.push_back({.name = lookup_schema, .from = where});
    }
    auto& users = database.lookup->users;
    if (std::ranges::find(users, user) != users.end()) return;
    users.push_back(user);
    std::ranges::find(database.schemas, lookup_schema, &desired_schema::name)->grants.push_back({user, "U"});
    database.grants.push_back({user, "c"});
    database.connection_limit += pooler_connections;
  }

  void add_pool(const service_declaration& service) {
    if (!service.pool || service.pool->size == 0) return;
    // Those are connections to the pooler.
    if (const auto* way = endpoint_of(server_, service); way != nullptr && way->pools_transactions()) return;
    desired_.pools.push_back(
        {service.pool->size, service.pool->replicas, service.connections.value, from(service, service.pool->where)});
  }

  [[nodiscard]] bool has_several_schemas(const service_declaration& service) const {
    return census_.schemas_in_database_of(service) > 1;
  }

  static std::string search_path_of(const schema_name& schema) {
    return print_search_path({schema.value, extensions_schema.value, "pg_temp"});
  }

  static void finish(desired_database& database) {
    const schema_name everybodys{"public"};
    if (std::ranges::find(database.schemas, everybodys, &desired_schema::name) == database.schemas.end()) {
      database.schemas.push_back({.name = everybodys, .is_public_leftover = true, .from = {"", database.from.where}});
    }
    const auto is_elsewhere = [&](const desired_object_grants& one) {
      return one.schema != database.object_grants.front().schema;
    };
    if (!database.object_grants.empty() && std::ranges::none_of(database.object_grants, is_elsewhere)) {
      database.settings["search_path"] = search_path_of(database.object_grants.front().schema);
    }
  }

  static constexpr int migrator_connections = 3;

  const estate& all_;
  const server_declaration& server_;
  const schema_census census_;
  std::map<role_name, std::size_t> role_index_;
  std::map<database_name, std::size_t> database_index_;
  std::map<std::pair<role_name, role_name>, std::size_t> membership_index_;
  std::set<std::tuple<role_name, database_name, std::string>> setting_keys_;
  std::vector<const service_declaration*> services_;
  std::string encoding_;
  std::string locale_;
  desired_server desired_;
};

}  // namespace

int sum_of_limits(const desired_server& desired) {
  int sum = 0;
  for (const auto& one : desired.databases) sum += std::max(0, one.connection_limit);
  return sum;
}

desired_server derive_desired(const estate& all, const server_declaration& server, const log_in_pairs& pairs) {
  auto desired = builder{all, server}.build();
  add_twins(all, pairs, desired);
  return desired;
}

}  // namespace innkeeper
