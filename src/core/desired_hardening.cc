#include "core/desired_hardening.h"

#include <algorithm>

#include "core/naming.h"
#include "core/parameter.h"

namespace innkeeper {
namespace {

using limit_item = switchable<std::string>;

class hardening_builder {
 public:
  hardening_builder(const estate& all, const std::vector<const service_declaration*>& services, desired_server& into)
      : census_{all}, into_{into} {
    // An adopted service's rights are as they were found: there, hardening is advice.
    for (const auto* one : services) {
      if (one->mode != management_mode::enforce) continue;
      in_database_[one->database.value].push_back(one);
      behind_log_in_[one->user.value].push_back(one);
      if (one->access == access_mode::readwrite) behind_log_in_[migrator_role(one->name)].push_back(one);
    }
  }

  void run() {
    for (auto& role : into_.roles) {
      if (role.can_login) bound(role);
    }
    for (auto& database : into_.databases) {
      const auto found = in_database_.find(database.name);
      if (found == in_database_.end()) continue;
      for (const auto group : all_function_groups) guard(database, found->second, group);
    }
  }

 private:
  using service_list = std::vector<const service_declaration*>;

  void bound(desired_role& role) const {
    const auto found = behind_log_in_.find(role.name);
    if (found == behind_log_in_.end()) return;
    const auto& services = found->second;
    bound(role, services, "temp_file_limit", "kB", &hardening_rules::temp_file_limit);
    bound(role, services, "idle_in_transaction_session_timeout", "ms",
          &hardening_rules::idle_in_transaction_session_timeout);
  }

  // One log-in has one limit: where its services differ, the widest that one of them spells.
  void bound(desired_role& role, const service_list& services, const std::string& name, std::string_view unit,
             limit_item hardening_rules::*item) const {
    const limit_item* widest = nullptr;
    for (const auto* service : services) {
      const auto& one = service->hardening.*item;
      if (widest == nullptr || (one.is_spelled() && !widest->is_spelled()) ||
          (one.is_spelled() == widest->is_spelled() && is_wider(one.value, widest->value, unit))) {
        widest = &one;
      }
    }
    // The server's own settings are the manifest's word, too, and nearer to it than a default.
    if (!widest->is_spelled() && into_.settings.contains(name)) return;
    role.settings[name] = widest->value.empty() ? std::nullopt : std::optional{widest->value};
  }

  static bool is_wider(const std::string& one, const std::string& other, std::string_view unit) {
    if (one.empty() || other.empty()) return one.empty() && !other.empty();
    return parameter_amount(one, unit) > parameter_amount(other, unit);
  }

  static const switchable<function_access>& rule_of(const service_declaration& service, function_group group) {
    switch (group) {
      case function_group::advisory_locks:
        return service.hardening.advisory_locks;
      case function_group::large_objects:
        return service.hardening.large_objects;
      case function_group::wal_messages:
        break;
    }
    return service.hardening.wal_messages;
  }

  // Closed for all as soon as one of its services asks for it; the others' roles are then named one by one.
  void guard(desired_database& database, const service_list& services, function_group group) const {
    desired_functions wanted{.group = group, .open_to_public = true, .from = database.from};
    bool is_spelled = false;
    const auto say_where = [&](const location& where) {
      if (where.line > 0) wanted.from.where = where;
    };
    for (const auto* service : services) {
      const auto& rule = rule_of(*service, group);
      const bool is_closed = rule.value == function_access::closed;
      if (is_closed && wanted.open_to_public) say_where(rule.where);
      if (is_closed) wanted.open_to_public = false;
      is_spelled = is_spelled || rule.is_spelled();
      if (wanted.open_to_public) say_where(rule.where);
    }
    if (wanted.open_to_public && !is_spelled) return;  // nobody has a word on it: as it is found
    if (!wanted.open_to_public) wanted.grantees = grantees_of(services, group);
    database.functions.push_back(std::move(wanted));
  }

  // Locks and large objects have honest uses by whoever migrates; WAL messages only where a service says so.
  [[nodiscard]] std::vector<role_name> grantees_of(const service_list& services, function_group group) const {
    std::vector<role_name> grantees;
    const auto add = [&](const role_name& role) {
      if (std::ranges::find(grantees, role) == grantees.end()) grantees.push_back(role);
    };
    for (const auto* service : services) {
      const std::string base = role_base(census_, *service);
      const bool is_open = rule_of(*service, group).value == function_access::open;
      if (is_open || group != function_group::wal_messages) add(owner_role(base));
      if (is_open) add(rw_role(base));
    }
    return grantees;
  }

  const schema_census census_;
  desired_server& into_;
  std::map<database_name, service_list> in_database_;
  std::map<role_name, service_list> behind_log_in_;
};

}  // namespace

void add_hardening(const estate& all, const std::vector<const service_declaration*>& services, desired_server& into) {
  hardening_builder{all, services, into}.run();
}

}  // namespace innkeeper
