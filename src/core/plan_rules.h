#pragma once
// Inside of plan.cc: the rules, one function a subject, and what they share. Not for others.
#include <map>
#include <set>
#include <string>
#include <utility>

#include "core/plan.h"

namespace innkeeper::plan_rules {

// Everything that the rules ask, indexed once, so that a plan costs the same per service however many there are.
struct context {
  const desired_server& desired;
  const observed_server& observed;
  const known_secrets& secrets;
  const plan_policy& policy;
  const capabilities& can;

  std::map<role_name, const observed_role*> roles;
  std::map<role_name, const desired_role*> wanted_roles;
  std::map<database_name, const observed_database*> databases;
  std::map<std::pair<role_name, role_name>, std::vector<const observed_membership*>> memberships;  // role, member
  std::map<std::pair<role_name, database_name>, const observed_role_setting*> role_settings;
  std::map<database_name, std::vector<const desired_role_setting*>> wanted_settings;
  std::map<database_name, std::set<role_name>> expected_log_ins;  // who may have sessions where

  context(const desired_server& desired, const observed_server& observed, const known_secrets& secrets,
          const plan_policy& policy);

  [[nodiscard]] const observed_role* role(const role_name& name) const;
  [[nodiscard]] const observed_database* database(const database_name& name) const;
  // Does the policy leave this item out? What several services share is always in.
  [[nodiscard]] bool skips(const origin& from) const;
  [[nodiscard]] bool skips(const desired_database& one) const;
  // Is the role there, or made by this plan? Another service's log-in, a reader's, may be neither where the policy
  // narrows; the next run for the service that it reads from lets it in.
  [[nodiscard]] bool will_be_there(const role_name& name) const;
  // May this admin alter the role, if it is there already?
  [[nodiscard]] bool may_alter(const role_name& name) const;
};

// Collects what the rules say.
class writer {
 public:
  explicit writer(plan& into) : plan_{into} {}

  void add(action what, step_scope scope, const origin& from, const database_name& database = {});
  void tell(attention one) { plan_.attentions.push_back(std::move(one)); }
  void refuse(diagnostic one) { plan_.problems.push_back(std::move(one)); }
  void advise(diagnostic one) {
    one.level = severity::warning;
    plan_.problems.push_back(std::move(one));
  }
  void note_seen(const database_name& one, bool is_in_step) { plan_.seen_inside[one] = is_in_step; }
  // How much was written so far, of whatever kind.
  [[nodiscard]] std::size_t size() const {
    return plan_.steps.size() + plan_.attentions.size() + plan_.problems.size();
  }

 private:
  plan& plan_;
};

// A build script goes on calling `service create` when a central manifest has taken its service over: then there is
// nothing left to do here, and it is no error.
[[nodiscard]] bool is_left_to_an_estate(const context& with, writer& to);  // plan_server.cc

// In the order of execution; each writes the steps of its own scope.
void check_server(const context& with, writer& to);     // plan_server.cc: version, rights, other estates
void plan_parameters(const context& with, writer& to);  // plan_server.cc
void plan_roles(const context& with, writer& to);       // plan_roles.cc
void plan_memberships(const context& with, writer& to);
void plan_databases(const context& with, writer& to);  // plan_databases.cc: around and inside
void plan_closing(const context& with, writer& to);    // plan_databases.cc: maintenance databases, foreign sessions

// plan_contents.cc: inside one database.
void plan_contents(const context& with, const desired_database& wanted, const database_contents& found, writer& to);
// What a database made from template0 holds on this server.
[[nodiscard]] database_contents fresh_contents(const capabilities& can);

}  // namespace innkeeper::plan_rules
