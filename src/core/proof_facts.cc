#include "core/proof_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "core/acl.h"
#include "core/naming.h"
#include "core/sql.h"

namespace innkeeper {
namespace {

template <class T>
bool holds(const std::vector<T>& all, const T& one) {
  return std::ranges::find(all, one) != all.end();
}

}  // namespace

bool log_in_facts::owns(const database_name& one) const {
  return holds(own, one);
}

bool log_in_facts::may_enter(const database_name& one) const {
  return owns(one) || holds(lent, one);
}

proof_facts::proof_facts(const estate& all, const desired_server& desired, const observed_server& observed,
                         const std::set<std::string>& services)
    : all_{all}, desired_{desired}, observed_{observed} {
  index_names();
  add_log_ins(services);
  close_memberships();
  find_lent_databases();
  make_ring();
}

void proof_facts::index_names() {
  for (const auto& one : desired_.roles) {
    declared_roles_.insert(one.name);
    if (one.is_turning && !one.can_login) closed_.insert(one.name);
  }
  for (const auto& one : observed_.roles) roles_.emplace(one.name, &one);
  for (const auto& one : desired_.databases) declared_databases_.emplace(one.name, &one);
  for (const auto& one : observed_.databases) {
    databases_.emplace(one.name, &one);
    if (!one.allows_connections || one.connection_limit == -2) continue;
    if (is_out_of_bounds(one)) {
      left_alone_.push_back(one.name);
    } else {
      open_databases_.push_back(&one);
    }
  }
  for (const auto& one : desired_.role_settings) {
    if (one.name == "role") starting_roles_.emplace(std::pair{one.role, one.database}, role_name{one.value});
  }
}

void proof_facts::add_tenant(const role_name& name, const service_declaration& service) {
  const auto known = seats_.try_emplace(name, tenants_.size());
  if (known.second) tenants_.push_back({name, service.database.value, {}});
  tenants_[known.first->second].services.push_back(service.name);
}

bool proof_facts::is_out_of_bounds(const observed_database& one) const {
  if (!is_undeclared(one.name) || declared_roles_.contains(one.owner)) return false;
  static const std::set<std::string, std::less<>> providers{"rdsadmin", "cloudsqladmin", "azure_maintenance",
                                                            "azure_sys", "alloydbadmin"};
  if (providers.contains(one.name.value)) return true;
  // Who may not enter can't tell what is inside, and nobody of ours may either.
  return !observed_.can.is_superuser && observed_.can.admin != one.owner &&
         std::ranges::none_of(one.privileges, [&](const acl_item& item) {
           return item.is_public() || item.grantee == observed_.can.admin || declared_roles_.contains(item.grantee);
         });
}

void proof_facts::add_log_ins(const std::set<std::string>& services) {
  const auto has_twin = [&](const service_declaration& service) {
    return role(twin_of(service.user.value)) != nullptr && is_declared_role(twin_of(service.user.value));
  };
  for (const auto& service : all_.services) {
    if (service.server != desired_.name || service.mode == management_mode::retired) continue;
    add_tenant(service.user.value, service);
    if (has_twin(service)) add_tenant(twin_of(service.user.value), service);
    if (service.access == access_mode::readwrite) add_tenant(migrator_role(service.name), service);
  }
  for (const auto& service : all_.services) {
    if (service.server != desired_.name || !is_managed(service)) continue;
    if (!services.empty() && !services.contains(service.name)) continue;
    add_log_in(service.user.value, service, false);
    if (has_twin(service)) add_log_in(twin_of(service.user.value), service, false);
    if (service.access == access_mode::readwrite) add_log_in(migrator_role(service.name), service, true);
  }
}

void proof_facts::add_log_in(const role_name& name, const service_declaration& service, bool is_migrator) {
  auto known = std::ranges::find(log_ins_, name, &log_in_facts::name);
  if (known == log_ins_.end()) {
    log_ins_.push_back({.name = name,
                        .where = service.where,
                        .index = log_ins_.size(),
                        .seat = seats_.at(name),
                        .is_migrator = is_migrator});
    known = log_ins_.end() - 1;
  }
  known->services.push_back(service.name);
  if (!known->owns(service.database.value)) known->own.push_back(service.database.value);
}

void proof_facts::close_memberships() {
  std::map<role_name, std::vector<role_name>> declared;
  std::set<std::pair<role_name, role_name>> declared_pairs;
  for (const auto& one : desired_.memberships) {
    declared[one.member].push_back(one.role);
    declared_pairs.emplace(one.role, one.member);
  }
  std::map<role_name, std::vector<const observed_membership*>> found;
  for (const auto& one : observed_.memberships) found[one.member].push_back(&one);

  std::deque<role_name> open;
  for (auto& log_in : log_ins_) {
    log_in.declared.insert(log_in.name);
    open = {log_in.name};
    for (; !open.empty(); open.pop_front()) {
      for (const auto& role : declared[open.front()]) {
        if (log_in.declared.insert(role).second) open.push_back(role);
      }
    }
    // Declared ways first, so that a role which is reached both ways counts as declared.
    log_in.reached.emplace(log_in.name, reach{});
    for (const bool only_declared : {true, false}) {
      open.clear();
      for (const auto& [role, how] : log_in.reached) open.push_back(role);
      for (; !open.empty(); open.pop_front()) {
        const auto before = log_in.reached.at(open.front());
        for (const auto* row : found[open.front()]) {
          const bool is_declared = declared_pairs.contains({row->role, row->member});
          if (only_declared && !is_declared) continue;
          const auto* undeclared = before.undeclared != nullptr || is_declared ? before.undeclared : row;
          if (log_in.reached.emplace(row->role, reach{undeclared}).second) open.push_back(row->role);
        }
      }
    }
  }
  for (auto& log_in : log_ins_) {
    log_in.can_become.insert(log_in.name);
    for (open = {log_in.name}; !open.empty(); open.pop_front()) {
      for (const auto* row : found[open.front()]) {
        if (row->set && log_in.can_become.insert(row->role).second) open.push_back(row->role);
      }
    }
    for (const auto& [name, how] : log_in.reached) {
      reached_by_[name].push_back(&log_in);
      const auto* reached = role(name);
      if (reached != nullptr && reached->superuser) log_in.becomes_superuser = true;
    }
  }
}

void proof_facts::find_lent_databases() {
  std::map<role_name, std::vector<database_name>> by_access;
  for (const auto& one : desired_.databases) {
    if (!one.is_registry) by_access[one.access].push_back(one.name);
  }
  for (auto& log_in : log_ins_) {
    for (const auto& role : log_in.declared) {
      const auto found = by_access.find(role);
      if (found == by_access.end()) continue;
      for (const auto& database : found->second) {
        if (!log_in.may_enter(database)) log_in.lent.push_back(database);
      }
    }
  }
}

void proof_facts::make_ring() {
  for (const auto& one : desired_.databases) {
    if (!one.is_registry) ring_.push_back(one.name);
  }
  for (const auto* one : open_databases_) {
    if (is_undeclared(one->name)) ring_.push_back(one->name);
  }
  for (std::size_t i = 0; i < ring_.size(); ++i) ring_index_.emplace(ring_[i], i);
}

const observed_role* proof_facts::role(const role_name& name) const {
  const auto found = roles_.find(name);
  return found == roles_.end() ? nullptr : found->second;
}

const observed_database* proof_facts::database(const database_name& name) const {
  const auto found = databases_.find(name);
  return found == databases_.end() ? nullptr : found->second;
}

const desired_database* proof_facts::declared_database(const database_name& name) const {
  const auto found = declared_databases_.find(name);
  return found == declared_databases_.end() ? nullptr : found->second;
}

const std::vector<const log_in_facts*>& proof_facts::who_reaches(const role_name& name) const {
  static const std::vector<const log_in_facts*> nobody;
  const auto found = reached_by_.find(name);
  return found == reached_by_.end() ? nobody : found->second;
}

std::vector<const tenant*> proof_facts::strangers_to(const log_in_facts& one, std::size_t at_most) const {
  std::vector<const tenant*> strangers;
  for (std::size_t i = 1; i < tenants_.size() && strangers.size() < at_most; ++i) {
    const auto& other = tenants_[(one.seat + i) % tenants_.size()];
    if (!one.declared.contains(other.log_in) && role(other.log_in) != nullptr) strangers.push_back(&other);
  }
  return strangers;
}

bool proof_facts::is_undeclared(const database_name& name) const {
  return !declared_databases_.contains(name) && name.value != "postgres" && name.value != "template1" &&
         name.value != "template0";
}

std::string proof_facts::held_privileges(const log_in_facts& one, const observed_database& database) const {
  std::string letters;
  for (const auto& item : database.privileges) {
    if (!item.is_public() && one.reached.contains(item.grantee)) letters += missing(item.privileges, letters);
  }
  // An owner without a privilege can always give it to itself.
  if (one.reached.contains(database.owner)) letters += missing("cTC", letters);
  return letters;
}

bool proof_facts::can_enter(const log_in_facts& one, const observed_database& database) const {
  if (!database.allows_connections || database.connection_limit == -2) return false;
  const auto has_connect = [](const std::string& letters) { return letters.find('c') != std::string::npos; };
  return is_superuser(one) || has_connect(held_privileges(one, database)) ||
         has_connect(privileges_of(database.privileges, everybody));
}

std::string proof_facts::closing_statement(const log_in_facts& one, const observed_database& database) const {
  for (const auto& [name, how] : one.reached) {
    const auto* found = role(name);
    if (found == nullptr || !found->superuser) continue;
    return how.undeclared != nullptr ? parting_statement(one, name)
                                     : fmt::format("ALTER ROLE {} NOSUPERUSER;", quoted(name));
  }
  if (one.reached.contains(database.owner)) {
    return fmt::format("ALTER DATABASE {} OWNER TO {};", quoted(database.name), quoted(observed_.can.admin));
  }
  for (const auto& item : database.privileges) {
    const auto reached = one.reached.find(item.grantee);
    if (item.is_public() || reached == one.reached.end()) continue;
    if (reached->second.undeclared != nullptr) return parting_statement(one, item.grantee);
    return fmt::format("REVOKE ALL ON DATABASE {} FROM {};", quoted(database.name), quoted(item.grantee));
  }
  if (!can_enter(one, database)) return {};
  return fmt::format("REVOKE ALL ON DATABASE {} FROM PUBLIC;", quoted(database.name));
}

std::string proof_facts::parting_statement(const log_in_facts& one, const role_name& role) const {
  const auto found = one.reached.find(role);
  if (found == one.reached.end() || found->second.undeclared == nullptr) return {};
  return fmt::format("REVOKE {} FROM {};", quoted(found->second.undeclared->role),
                     quoted(found->second.undeclared->member));
}

std::vector<database_name> proof_facts::victims_of(const log_in_facts& one, std::size_t at_most) const {
  std::vector<database_name> victims;
  const auto start = ring_index_.find(one.own.front());
  if (start == ring_index_.end()) return victims;
  for (std::size_t i = 1; i < ring_.size() && victims.size() < at_most; ++i) {
    const auto& victim = ring_[(start->second + i) % ring_.size()];
    if (!one.may_enter(victim)) victims.push_back(victim);
  }
  return victims;
}

role_name proof_facts::starting_role_of(const log_in_facts& one, const database_name& database) const {
  const auto found = starting_roles_.find({one.name, database});
  return found == starting_roles_.end() ? one.name : found->second;
}

}  // namespace innkeeper
