#pragma once
// Inside of plan.cc: the rules, one function a subject, and what they share. Not for others.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

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
  std::set<role_name> acts_as;  // roles whose rights the admin has by inherited memberships, itself included
  std::set<role_name> becomes;  // roles that it can SET ROLE to
  std::set<role_name> owners;   // whose objects the services' are

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
  // Does it have all the rights of this role, as owners have them?
  [[nodiscard]] bool acts_for(const role_name& name) const;
  // By its comment. `service create` without a manifest is no estate: what it made for others is none of this one's.
  [[nodiscard]] bool is_of_this_estate(const std::string& comment) const;
  // Made by this estate, and by now nobody's in the manifest.
  [[nodiscard]] bool is_left_behind(const role_name& name) const;
  // A membership in an owner role that an earlier version of ours made for good: as if it were gone.
  [[nodiscard]] bool is_old_loan(const observed_membership& row) const;
  // Could it, at least with a loan?
  [[nodiscard]] bool could_act_for(const role_name& name) const;
  // `GRANT role TO admin WITH ADMIN OPTION`: what a superuser has to say about a role that this admin did not make.
  [[nodiscard]] std::string lending_statement(const role_name& name) const;
  [[nodiscard]] std::string context_of(const std::string& parameter) const;  // as in pg_settings; "user" if unknown

 private:
  [[nodiscard]] std::set<role_name> closure(bool (*follows)(const observed_membership&)) const;
};

// Whose rights a step needs, besides the admin's own.
struct needed_role {
  role_name role;
  bool inherits = false;  // its rights
  bool becomes = false;   // SET ROLE, or to make it an owner
};
[[nodiscard]] std::vector<needed_role> roles_needed_by(const context& with, const action& what);  // plan_loans.cc
// The loan, or nothing where the admin holds enough already. Only where could_act_for(role).
[[nodiscard]] std::optional<loan> loan_for(const context& with, const needed_role& needed);

// Collects what the rules say.
class writer {
 public:
  writer(const context& with, plan& into) : with_{with}, plan_{into} {}

  // With the loans that the step needs; `also` names those that can't be seen from the action. Where the admin may not
  // lend itself such a role, an attention instead.
  void add(action what, step_scope scope, const origin& from, const database_name& database = {},
           const std::vector<needed_role>& also = {});
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
  void tell_lacking(const role_name& role, const origin& from);

  const context& with_;
  plan& plan_;
};

// A build script goes on calling `service create` when a central manifest has taken its service over: then there is
// nothing left to do here, and it is no error.
[[nodiscard]] bool is_left_to_an_estate(const context& with, writer& to);  // plan_server.cc

// Plain admins of earlier versions kept their memberships in owner roles. plan_loans.cc
void plan_old_loans(const context& with, writer& to);
// Settings on our databases and log-ins that nothing declares. plan_settings.cc
void plan_settings(const context& with, writer& to);
// What the admin lacks, from what the plan can't do and the proof can't see. plan_preflight.cc
[[nodiscard]] std::vector<missing_right> plan_preflight(const context& with, const std::vector<attention>& told);

// In the order of execution; each writes the steps of its own scope.
void check_server(const context& with, writer& to);     // plan_server.cc: version, rights, other estates
void plan_parameters(const context& with, writer& to);  // plan_server.cc
void plan_roles(const context& with, writer& to);       // plan_roles.cc
void plan_memberships(const context& with, writer& to);
void plan_databases(const context& with, writer& to);  // plan_databases.cc: around and inside
void plan_closing(const context& with, writer& to);    // plan_databases.cc: maintenance databases, foreign sessions

void plan_parameter(const context& with, const std::string& name, const declared<std::string>& wanted, writer& to);

// plan_hardening.cc: what goes beyond the role model.
void plan_server_hardening(const context& with, writer& to);
void plan_log_in_limits(const context& with, writer& to);
void plan_admin_options(const context& with, writer& to);
void plan_functions(const context& with, const desired_database& wanted, const database_contents& found, writer& to);
// What a role of ours other than the owner may hand on (WITH GRANT OPTION), by the letters of acl.h.
[[nodiscard]] std::string grantable_to(const context& with, const acl_item& item, const role_name& owner);

// plan_contents.cc: inside one database.
void plan_contents(const context& with, const desired_database& wanted, const database_contents& found, writer& to);
// What a database made from template0 holds on this server.
[[nodiscard]] database_contents fresh_contents(const capabilities& can);

}  // namespace innkeeper::plan_rules
