#include "core/footprint.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/mark.h"
#include "core/naming.h"
#include "core/sql.h"

namespace innkeeper {
namespace {

using databases_by_name = std::map<database_name, const observed_database*>;

databases_by_name index_databases(const observed_server& observed) {
  databases_by_name all;
  for (const auto& one : observed.databases) all.emplace(one.name, &one);
  return all;
}

std::string retired_since(const observed_database* database, const std::string& estate, const std::string& service) {
  const auto found = database == nullptr ? std::nullopt : parse_mark(database->comment);
  if (!found || (!found->estate.empty() && found->estate != estate)) return {};
  const auto entry = found->retired.find(service);
  return entry == found->retired.end() ? std::string{} : entry->second;
}

class finder {
 public:
  finder(const estate& all, const server_declaration& server, const observed_server& observed,
         const std::vector<registered_object>& registered)
      : all_{all}, server_{server}, observed_{observed}, databases_{index_databases(observed)} {
    for (const auto& one : observed.roles) roles_.emplace(one.name, &one);
    for (const auto& one : observed.memberships) members_[one.role].insert(one.member);
    for (const auto& one : observed.role_settings) settings_.emplace(std::pair{one.role, one.database}, &one.settings);
    for (const auto& one : registered) registered_.emplace(std::pair{one.kind, one.oid}, &one);
  }

  std::vector<service_footprint> find() {
    add_declared();
    const auto declared = found_.size();
    for (const auto& one : observed_.databases) add_undeclared(one);
    add_pruned();
    std::ranges::sort(found_.begin() + static_cast<std::ptrdiff_t>(declared), found_.end(), {},
                      &service_footprint::service);
    note_sharing();
    return std::move(found_);
  }

 private:
  void add_declared() {
    const schema_census census{all_};
    for (const auto& service : all_.services) {
      if (service.server != server_.name || service.mode == management_mode::observe) continue;
      const std::string base = role_base(census, service);
      service_footprint one = named(service.name, service.database.value, base);
      one.estate = all_.name;
      one.is_declared = true;
      one.where = service.where;
      one.schema = service.schema.value;
      one.log_ins = {service.user.value};
      if (has_twin(service)) one.log_ins.push_back(twin_of(service.user.value));
      if (service.access == access_mode::readwrite) one.log_ins.push_back(migrator_role(service.name));
      std::ranges::sort(one.log_ins);
      declared_owners_.insert(one.owner);
      declared_databases_.insert(one.database);
      found_.push_back(std::move(one));
    }
  }

  [[nodiscard]] bool has_twin(const service_declaration& service) const {
    const auto twin = roles_.find(twin_of(service.user.value));
    const auto theirs = twin == roles_.end() ? std::nullopt : marked_estate(twin->second->comment);
    return theirs && (theirs->empty() || *theirs == all_.name);
  }

  [[nodiscard]] service_footprint named(const std::string& service, const database_name& database,
                                        const std::string& base) const {
    service_footprint one{.service = service, .database = database};
    one.access = access_role(database);
    one.owner = owner_role(base);
    one.rw = rw_role(base);
    one.ro = ro_role(base);
    const auto found = databases_.find(database);
    one.retired_since = retired_since(found == databases_.end() ? nullptr : found->second, all_.name, service);
    return one;
  }

  [[nodiscard]] const registered_object* registered(const std::string& kind, std::uint32_t oid) const {
    const auto found = registered_.find({kind, oid});
    return found == registered_.end() ? nullptr : found->second;
  }

  // Ours by mark, or by a registry row that fits. Another estate's mark wins over any row.
  [[nodiscard]] std::optional<std::string> owner_of(const observed_database& database) const {
    if (auto theirs = marked_estate(database.comment)) {
      return theirs->empty() || *theirs == all_.name ? theirs : std::nullopt;
    }
    return registered("database", database.oid) != nullptr ? std::optional{all_.name} : std::nullopt;
  }

  void add_undeclared(const observed_database& database) {
    const auto estate_name = owner_of(database);
    if (!estate_name) return;
    bool has_owner = false;
    for (const auto& member : members_of(access_role(database.name))) {
      const auto role = roles_.find(member);
      constexpr std::string_view suffix = "_owner";
      if (role == roles_.end() || role->second->can_login || !member.value.ends_with(suffix)) continue;
      has_owner = true;
      if (declared_owners_.contains(member)) continue;
      const std::string base = member.value.substr(0, member.value.size() - suffix.size());
      const auto* row = registered("role", role->second->oid);
      add_by_base(database, row == nullptr || row->service.empty() ? base : row->service, base, *estate_name);
    }
    if (has_owner || declared_databases_.contains(database.name)) return;
    // Only the database is left.
    const auto* row = registered("database", database.oid);
    const auto mark = parse_mark(database.comment);
    const std::string name = row != nullptr && !row->service.empty()         ? row->service
                             : mark.has_value() && mark->retired.size() == 1 ? mark->retired.begin()->first
                                                                             : database.name.value;
    add_by_base(database, name, name, *estate_name);
  }

  void add_by_base(const observed_database& database, const std::string& service, const std::string& base,
                   const std::string& estate_name) {
    service_footprint one = named(service, database.name, base);
    one.estate = estate_name;
    std::set<role_name> log_ins = members_of(one.owner);
    log_ins.merge(members_of(one.rw));
    for (const auto& name : log_ins) {
      if (name != observed_.can.admin && name != one.owner && name != one.rw && !is_group(name)) {
        one.log_ins.push_back(name);
      }
    }
    one.schema = schema_of(database, one.log_ins);
    found_.push_back(std::move(one));
  }

  // A group role of a service in the same database, which reads there.
  [[nodiscard]] bool is_group(const role_name& name) const {
    return name.value.ends_with("_owner") || name.value.ends_with("_rw") || name.value.ends_with("_ro");
  }

  [[nodiscard]] schema_name schema_of(const observed_database& database, const std::vector<role_name>& log_ins) const {
    const auto first_of = [](const parameters& settings) -> schema_name {
      const auto path = settings.find("search_path");
      if (path == settings.end()) return {};
      const auto schemas = parse_search_path(path->second);
      return schemas.empty() ? schema_name{} : schema_name{schemas.front()};
    };
    for (const auto& log_in : log_ins) {
      const auto found = settings_.find({log_in, database.name});
      if (found == settings_.end()) continue;
      if (auto schema = first_of(*found->second); !schema.empty()) return schema;
    }
    return first_of(database.settings);
  }

  void add_pruned() {
    std::map<std::string, std::vector<role_name>> pruned;
    for (const auto& one : observed_.roles) {
      const auto found = parse_mark(one.comment);
      if (found && !found->pruned.empty() && (found->estate.empty() || found->estate == all_.name)) {
        pruned[found->pruned].push_back(one.name);
      }
    }
    for (auto& [service, roles] : pruned) {
      auto known = std::ranges::find(found_, service, &service_footprint::service);
      if (known == found_.end()) {
        found_.push_back({.service = service, .estate = all_.name});
        known = std::prev(found_.end());
      }
      known->pruned_roles = std::move(roles);
    }
  }

  void note_sharing() {
    std::map<database_name, std::vector<const service_footprint*>> by_database;
    std::map<role_name, std::vector<const service_footprint*>> by_log_in;
    for (const auto& one : found_) {
      by_database[one.database].push_back(&one);
      for (const auto& log_in : one.log_ins) by_log_in[log_in].push_back(&one);
    }
    for (auto& one : found_) {
      for (const auto* other : by_database[one.database]) {
        if (other == &one || one.database.empty()) continue;
        one.same_database.push_back({other->service, other->is_retired()});
        if (other->owner == one.owner) one.same_schema.push_back({other->service, other->is_retired()});
      }
      for (const auto& log_in : one.log_ins) {
        for (const auto* other : by_log_in[log_in]) {
          if (other != &one) one.shared_by[log_in].push_back({other->service, other->is_retired()});
        }
      }
    }
  }

  [[nodiscard]] std::set<role_name> members_of(const role_name& role) const {
    const auto found = members_.find(role);
    return found == members_.end() ? std::set<role_name>{} : found->second;
  }

  const estate& all_;
  const server_declaration& server_;
  const observed_server& observed_;
  const databases_by_name databases_;
  std::map<role_name, const observed_role*> roles_;
  std::map<role_name, std::set<role_name>> members_;
  std::map<std::pair<role_name, database_name>, const parameters*> settings_;
  std::map<std::pair<std::string, std::uint32_t>, const registered_object*> registered_;
  std::set<role_name> declared_owners_;
  std::set<database_name> declared_databases_;
  std::vector<service_footprint> found_;
};

template <class Work>
void for_each_retired(const estate& all, const server_declaration& server, const observed_server& observed,
                      const Work& work) {
  const auto is_marked = [](const observed_database& one) {
    return one.comment.find(" retired=") != std::string::npos;
  };
  if (std::ranges::none_of(observed.databases, is_marked)) return;
  const auto databases = index_databases(observed);
  for (std::size_t i = 0; i < all.services.size(); ++i) {
    const auto& service = all.services[i];
    if (service.server != server.name || service.mode == management_mode::observe) continue;
    const auto found = databases.find(service.database.value);
    if (found == databases.end() || retired_since(found->second, all.name, service.name).empty()) continue;
    work(i);
  }
}

}  // namespace

std::vector<service_footprint> footprints_on(const estate& all, const server_declaration& server,
                                             const observed_server& observed,
                                             const std::vector<registered_object>& registered) {
  return finder{all, server, observed, registered}.find();
}

bool has_retired(const estate& all, const server_declaration& server, const observed_server& observed) {
  bool found = false;
  for_each_retired(all, server, observed, [&](std::size_t) { found = true; });
  return found;
}

estate with_retired(const estate& all, const server_declaration& server, const observed_server& observed) {
  estate result = all;
  for_each_retired(all, server, observed, [&](std::size_t i) { result.services[i].mode = management_mode::retired; });
  return result;
}

}  // namespace innkeeper
