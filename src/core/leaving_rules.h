#pragma once
// What plan_retire, plan_revive and plan_prune share. Not for others.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "core/leaving.h"
#include "core/loans.h"
#include "core/mark.h"
#include "core/sql.h"

namespace innkeeper {

// What all three plans ask and write.
[[nodiscard]] inline std::string names_of(const std::vector<sharer>& all) {
  std::string text;
  for (const auto& one : all) text += (text.empty() ? "" : ", ") + one.service;
  return text;
}

class leaver {
 public:
  leaver(const service_footprint& one, const observed_server& observed)
      : one_{one}, observed_{observed}, can_{observed.can}, from_{one.service, one.where} {
    for (const auto& role : observed.roles) roles_.emplace(role.name, &role);
    for (const auto& database : observed.databases) databases_.emplace(database.name, &database);
  }

 protected:
  // `rights_of`: the role whose rights it takes, which a plain admin lends itself.
  void add(action what, step_scope scope, const database_name& database = {}, const role_name& rights_of = {}) {
    step one{std::move(what), scope, database, from_, {}};
    if (const auto needed = loan_of_rights(observed_, rights_of)) one.loans.push_back(*needed);
    plan_.steps.push_back(std::move(one));
  }
  void tell(std::string text, std::string statement, std::string who) {
    plan_.attentions.push_back(
        {.text = std::move(text), .statement = std::move(statement), .who = std::move(who), .from = from_});
  }
  void refuse(std::string message, std::string detail, std::string hint) {
    plan_.problems.push_back(
        {.where = one_.where, .message = std::move(message), .detail = std::move(detail), .hint = std::move(hint)});
  }
  // The step where this admin may, else the same as an attention.
  void add_or_tell(bool may, action what, const std::string& text, const std::string& statement) {
    if (may) {
      add(std::move(what), step_scope::server);
    } else {
      tell(text, statement, "a superuser");
    }
  }

  [[nodiscard]] const observed_role* role(const role_name& name) const {
    const auto found = roles_.find(name);
    return found == roles_.end() ? nullptr : found->second;
  }
  [[nodiscard]] const observed_database* database(const database_name& name) const {
    const auto found = databases_.find(name);
    return found == databases_.end() ? nullptr : found->second;
  }
  [[nodiscard]] const observed_database* own_database() const { return database(one_.database); }

  [[nodiscard]] bool may_alter(const role_name& name) const {
    if (can_.may_take_over_roles) return true;
    return std::ranges::any_of(observed_.memberships, [&](const observed_membership& row) {
      return row.role == name && row.member == can_.admin && row.admin;
    });
  }
  [[nodiscard]] bool owns(const observed_database& one) const {
    return can_.may_alter_system || one.owner == can_.admin;
  }
  [[nodiscard]] bool is_own_log_in(const role_name& name) const {
    return std::ranges::find(one_.log_ins, name) != one_.log_ins.end();
  }

  // False where nothing may be done to the database: it isn't there, can't be entered, or is another estate's.
  bool check_database() {
    const auto* found = own_database();
    if (found == nullptr) {
      refuse(fmt::format("database \"{}\" of service \"{}\" is not on the server", one_.database, one_.service), "",
             "");
      return false;
    }
    if (found->connection_limit == -2) {
      refuse(fmt::format("database \"{}\" was left behind by a DROP DATABASE that was cut off", one_.database),
             "nothing in it can be reached any more",
             fmt::format("Run: innkeeper apply --prune --confirm {}.", one_.service));
      return false;
    }
    return check_estate(*found);
  }

  bool check_estate(const observed_database& found) {
    const auto theirs = marked_estate(found.comment);
    if (!theirs || theirs->empty() || *theirs == one_.estate) return true;
    refuse(fmt::format("database \"{}\" belongs to estate \"{}\"", found.name, *theirs),
           fmt::format("estate \"{}\" asks for it", one_.estate), "Ask there.");
    return false;
  }

  [[nodiscard]] mark mark_now() const {
    const auto& comment = own_database()->comment;
    if (auto found = parse_mark(comment)) return std::move(*found);
    return {.estate = one_.estate, .note = comment};
  }
  void set_mark(const mark& wanted) {
    const std::string text = print_mark(wanted);
    if (text == own_database()->comment) return;
    if (owns(*own_database())) {
      add(steps::comment_database{one_.database, text}, step_scope::server);
    } else {
      refuse(fmt::format("database \"{}\" belongs to \"{}\"; this admin can't mark it", one_.database,
                         own_database()->owner),
             "",
             fmt::format("Ask a superuser for: ALTER DATABASE {} OWNER TO {};", quoted(one_.database),
                         quoted(can_.admin)));
    }
  }

  const service_footprint& one_;
  const observed_server& observed_;
  const capabilities& can_;
  const origin from_;
  std::map<role_name, const observed_role*> roles_;
  std::map<database_name, const observed_database*> databases_;
  leaving_plan plan_;
};

}  // namespace innkeeper
