#include "core/leaving.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/acl.h"
#include "core/leaving_rules.h"
#include "core/naming.h"
#include "core/step_sql.h"

namespace innkeeper {
namespace {

bool is_used(const std::vector<sharer>& by) {
  return std::ranges::any_of(by, [](const sharer& one) { return !one.is_retired; });
}

class retirement : leaver {
 public:
  using leaver::leaver;

  leaving_plan plan(const std::string& now) {
    if (!check_database() || !check_sharing()) return std::move(plan_);
    mark wanted = mark_now();
    wanted.retired.try_emplace(one_.service, now);
    set_mark(wanted);
    if (!plan_.problems.empty()) return std::move(plan_);
    if (is_alone()) close_database();
    for (const auto& log_in : one_.log_ins) close_log_in(log_in);
    if (!is_used(one_.same_schema)) part_readers();
    end_sessions();
    return std::move(plan_);
  }

 private:
  [[nodiscard]] bool is_alone() const { return !is_used(one_.same_database); }

  // Is the log-in another service's too, which stays?
  [[nodiscard]] bool stays(const role_name& log_in) const {
    const auto others = one_.shared_by.find(log_in);
    return others != one_.shared_by.end() && is_used(others->second);
  }
  // In this very database?
  [[nodiscard]] bool stays_here(const role_name& log_in) const {
    const auto others = one_.shared_by.find(log_in);
    if (others == one_.shared_by.end()) return false;
    return std::ranges::any_of(others->second, [&](const sharer& other) {
      return !other.is_retired && std::ranges::find(one_.same_database, other) != one_.same_database.end();
    });
  }

  bool check_sharing() {
    const bool closes_something =
        std::ranges::any_of(one_.log_ins, [&](const role_name& log_in) { return !stays_here(log_in); });
    if (closes_something || !is_used(one_.same_database)) return true;
    refuse(fmt::format("service \"{}\" shares its schema and its log-in with {}", one_.service,
                       names_of(one_.same_schema.empty() ? one_.same_database : one_.same_schema)),
           "nothing can be closed to it alone", "Give it a user of its own first, or retire all of them.");
    return false;
  }

  void close_database() {
    const auto& found = *own_database();
    for (const auto& grantee : {everybody, one_.access}) {
      const std::string held = privileges_of(found.privileges, grantee);
      if (held.empty()) continue;
      const std::string who = grantee.empty() ? "PUBLIC" : quoted(grantee);
      add_or_tell(owns(found), steps::revoke_on_database{one_.database, grantee, held},
                  fmt::format("database \"{}\" stays open to {}", one_.database, who),
                  fmt::format("REVOKE ALL ON DATABASE {} FROM {};", quoted(one_.database), who));
    }
  }

  void close_log_in(const role_name& log_in) {
    const auto* found = role(log_in);
    if (found == nullptr) return;
    if (stays(log_in)) {
      if (!stays_here(log_in)) part(log_in, true);
      return;
    }
    if (!found->can_login) return;
    if (found->superuser) {
      tell(fmt::format("log-in \"{}\" is a superuser and stays open", log_in),
           fmt::format("ALTER ROLE {} NOLOGIN;", quoted(log_in)), "you");
      return;
    }
    add_or_tell(may_alter(log_in), steps::alter_role{log_in, {"NOLOGIN"}, std::nullopt},
                fmt::format("log-in \"{}\" stays open: this admin may not alter it", log_in),
                fmt::format("ALTER ROLE {} NOLOGIN;", quoted(log_in)));
  }

  // Takes the service's roles from somebody who stays: its own shared log-in, or a reader.
  void part(const role_name& member, bool every_role) {
    std::set<role_name> roles{one_.ro};
    if (every_role) roles.merge(std::set<role_name>{one_.owner, one_.rw});
    if (is_alone() || (every_role && !stays_here(member))) roles.insert(one_.access);
    if (every_role && is_used(one_.same_schema)) roles = {};
    for (const auto& row : observed_.memberships) {
      if (row.member == member && roles.contains(row.role)) revoke(row);
    }
  }

  // From 16 on a membership is there as often as somebody granted it.
  void revoke(const observed_membership& row) {
    steps::revoke_role step{.role = row.role, .member = row.member};
    if (can_.membership_options) {
      step.grantor = row.grantor;
      step.cascades = row.admin;
    }
    const bool may = may_alter(row.role) && (step.grantor.empty() || !loan_of_rights(observed_, step.grantor));
    const std::string statement = shown_sql({step, step_scope::server, {}, from_, {}});
    add_or_tell(may, std::move(step), fmt::format("role \"{}\" stays a member of \"{}\"", row.member, row.role),
                statement);
  }

  void part_readers() {
    const std::set<role_name> groups{one_.access, one_.owner, one_.rw, one_.ro};
    std::set<role_name> readers;
    for (const auto& row : observed_.memberships) {
      if (row.role != one_.ro && !(row.role == one_.access && is_alone())) continue;
      if (!groups.contains(row.member) && row.member != can_.admin && !is_own_log_in(row.member)) {
        readers.insert(row.member);
      }
    }
    for (const auto& reader : readers) part(reader, false);
  }

  // CONNECT is checked at log-in only: who was inside stays there until the session ends.
  void end_sessions() {
    for (const auto& sessions : observed_.sessions) {
      const auto* who = role(sessions.role);
      if (who == nullptr || who->superuser || sessions.role == can_.admin) continue;
      const bool is_here = sessions.database == one_.database;
      const bool is_own = is_own_log_in(sessions.role);
      const bool is_closed = is_own && !stays(sessions.role);
      if (!is_closed && !(is_here && (is_alone() || (is_own && !stays_here(sessions.role))))) continue;
      const bool is_ours = is_own || marked_estate(who->comment).has_value();
      if (is_ours && can_.may_end_sessions) {
        add(steps::end_sessions{sessions.database, sessions.role}, step_scope::closing, sessions.database);
        continue;
      }
      tell(fmt::format("role \"{}\" has {} session{} in database \"{}\"", sessions.role, sessions.count,
                       sessions.count == 1 ? "" : "s", sessions.database),
           fmt::format("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {} AND usename = {};",
                       quote_literal(sessions.database.value), quote_literal(sessions.role.value)),
           can_.may_end_sessions ? "you" : "a superuser");
    }
  }
};

class revival : leaver {
 public:
  using leaver::leaver;

  leaving_plan plan() {
    if (!check_database()) return std::move(plan_);
    for (const auto& log_in : one_.log_ins) {
      const auto* found = role(log_in);
      if (found == nullptr || found->can_login || waits_for_its_turn(log_in)) continue;
      add_or_tell(may_alter(log_in), steps::alter_role{log_in, {"LOGIN"}, std::nullopt},
                  fmt::format("log-in \"{}\" stays closed: this admin may not alter it", log_in),
                  fmt::format("ALTER ROLE {} LOGIN;", quoted(log_in)));
    }
    const std::string lacks = missing("Tc", privileges_of(own_database()->privileges, one_.access));
    if (role(one_.access) != nullptr && !lacks.empty()) {
      add_or_tell(owns(*own_database()), steps::grant_on_database{one_.database, one_.access, lacks},
                  fmt::format("database \"{}\" stays closed", one_.database),
                  fmt::format("GRANT {} ON DATABASE {} TO {};", privilege_words(lacks), quoted(one_.database),
                              quoted(one_.access)));
    }
    mark wanted = mark_now();
    wanted.retired.erase(one_.service);
    const bool is_peoples = wanted.retired.empty() && !wanted.note.empty();
    if (is_peoples) {
      add(steps::comment_database{one_.database, wanted.note}, step_scope::server);
    } else {
      set_mark(wanted);
    }
    return std::move(plan_);
  }

 private:
  // Of two log-ins that take turns, the one that was closed already when the service was retired.
  [[nodiscard]] bool waits_for_its_turn(const role_name& log_in) const {
    if (const auto* pair = find_pair(observed_, log_in)) return pair->other() == log_in && !pair->is_other_open();
    return std::ranges::any_of(one_.log_ins, [&](const role_name& other) { return twin_of(other) == log_in; });
  }
};

}  // namespace

leaving_plan plan_retire(const service_footprint& one, const observed_server& observed, const std::string& now) {
  return retirement{one, observed}.plan(now);
}

leaving_plan plan_revive(const service_footprint& one, const observed_server& observed) {
  return revival{one, observed}.plan();
}

namespace {

std::vector<role_name> roles_of(const service_footprint& one) {
  std::set<role_name> all{one.log_ins.begin(), one.log_ins.end()};
  all.insert(one.pruned_roles.begin(), one.pruned_roles.end());
  for (const auto& role : {one.access, one.owner, one.rw, one.ro}) {
    if (!role.empty()) all.insert(role);
  }
  return {all.begin(), all.end()};
}

leftover_service leftover_of(const service_footprint& one, const observed_server& observed) {
  const auto database = std::ranges::find(observed.databases, one.database, &observed_database::name);
  const bool is_there = database != observed.databases.end();
  leftover_service found{.service = one.service,
                         .database = is_there ? one.database : database_name{},
                         .roles = roles_of(one),
                         .retired_since = one.retired_since,
                         .is_declared = one.is_declared};
  found.is_cut_off = is_there ? database->connection_limit == -2 : !one.pruned_roles.empty();
  found.is_open = one.is_retired() && !found.is_cut_off && !plan_retire(one, observed, one.retired_since).steps.empty();
  const bool is_to_prune = found.is_cut_off || (one.is_retired() && !one.is_declared);
  found.next = fmt::format("innkeeper {} {}",
                           !one.is_retired() && !found.is_cut_off ? "service retire"
                           : found.is_open                        ? "service retire"
                           : is_to_prune                          ? "apply --prune --confirm"
                                                                  : "service revive",
                           one.service);
  return found;
}

}  // namespace

bool may_have_leftovers(const desired_server& desired, const observed_server& observed) {
  std::set<std::string_view> roles;
  for (const auto& one : desired.roles) roles.insert(one.name.value);
  const auto is_ours = [&](const std::string& comment) { return comment.starts_with(desired.mark); };
  return std::ranges::any_of(
             observed.roles,
             [&](const auto& one) { return is_ours(one.comment) && !roles.contains(one.name.value); }) ||
         std::ranges::any_of(observed.databases,
                             [](const auto& one) { return one.comment.find(" retired=") != std::string::npos; });
}

void note_leftovers(plan& into, const estate& all, const server_declaration& server, const observed_server& observed,
                    const plan_policy& policy) {
  for (const auto& one : footprints_on(all, server, observed)) {
    if (!one.is_retired() && (one.is_declared || one.estate != all.name)) continue;
    const auto left = leftover_of(one, observed);
    const bool is_asked_for = policy.services.empty() || policy.services.contains(one.service);
    if (one.is_declared && is_asked_for) {
      into.attentions.push_back({.text = fmt::format("service \"{}\" is retired since {}{}", one.service,
                                                     one.retired_since, left.is_open ? ", and not closed yet" : ""),
                                 .statement = left.next,
                                 .who = "you",
                                 .fails_service = all.name.empty(),  // it was asked for by `service create`
                                 .from = {one.service, one.where}});
    }
    into.leftovers.push_back(left);
  }
}

}  // namespace innkeeper
