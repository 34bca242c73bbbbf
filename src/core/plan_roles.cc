#include <fmt/format.h>

#include <algorithm>

#include "core/plan_rules.h"
#include "core/sql.h"

namespace innkeeper::plan_rules {
namespace {

// Only what differs is named: NOSUPERUSER alone, even where it changes nothing, needs a superuser (facts.md 5g).
steps::alter_role differing_attributes(const context& with, const desired_role& wanted, const observed_role& found) {
  steps::alter_role change{.role = wanted.name};
  const auto say = [&](bool differs, const char* attribute) {
    if (differs) change.attributes.emplace_back(attribute);
  };
  say(found.superuser, "NOSUPERUSER");
  say(found.createdb, "NOCREATEDB");
  say(found.createrole, "NOCREATEROLE");
  say(found.replication, "NOREPLICATION");
  say(found.bypassrls, "NOBYPASSRLS");
  say(wanted.can_login && !found.can_login, "LOGIN");
  say(!wanted.can_login && found.can_login, "NOLOGIN");
  // Without membership options, a log-in reaches its database only through inherited CONNECT.
  say(!found.inherits && !with.can.membership_options, "INHERIT");
  if (wanted.can_login && found.connection_limit != wanted.connection_limit) {
    change.connection_limit = wanted.connection_limit;
  }
  return change;
}

bool needs_superuser(const steps::alter_role& change) {
  return std::ranges::any_of(change.attributes, [](const std::string& attribute) {
    return attribute == "NOSUPERUSER" || attribute == "NOREPLICATION" || attribute == "NOBYPASSRLS";
  });
}

void plan_existing_role(const context& with, const desired_role& wanted, const observed_role& found, writer& to) {
  const auto change = differing_attributes(with, wanted, found);
  if (!change.attributes.empty() || change.connection_limit) {
    const bool allowed =
        with.can.may_alter_system || (with.may_alter(wanted.name) && !needs_superuser(change) && !found.superuser);
    if (allowed) {
      to.add(change, step_scope::server, wanted.from);
    } else {
      std::string statement = fmt::format("ALTER ROLE {}", quoted(wanted.name));
      for (const auto& attribute : change.attributes) statement += " " + attribute;
      if (change.connection_limit) statement += fmt::format(" CONNECTION LIMIT {}", *change.connection_limit);
      to.tell({.text = fmt::format("role \"{}\" is not as declared, and this admin may not alter it", wanted.name),
               .statement = statement + ";",
               .who = "a superuser",
               .from = wanted.from});
    }
  }
  // What `service create` made is taken over by the estate that names it; a role that people made stays theirs.
  const auto theirs = marked_estate(found.comment);
  if (theirs && found.comment != with.desired.mark && with.may_alter(wanted.name)) {
    to.add(steps::comment_role{wanted.name, with.desired.mark}, step_scope::server, wanted.from);
  }
}

bool is_reset_asked_for(const context& with, const role_name& role) {
  return with.policy.reset_every_password || with.policy.reset_passwords.contains(role);
}

// Law: a password is set where there is none, and changed only when asked.
void plan_password(const context& with, const desired_role& wanted, const observed_role& found, writer& to) {
  const auto entry = with.secrets.find(wanted.name);
  const known_secret none;
  const known_secret& here = entry == with.secrets.end() ? none : entry->second;
  if (here.is == known_secret::state::unreadable) {
    to.tell({.text = fmt::format("password of \"{}\" can't be read: {}", wanted.name, here.problem),
             .fails_service = true,
             .from = wanted.from});
    return;
  }
  const auto reset = [&](const std::string& text) {
    if (is_reset_asked_for(with, wanted.name)) {
      to.add(steps::set_password{wanted.name}, step_scope::server, wanted.from);
    } else {
      to.tell({.text = text,
               .statement = fmt::format("innkeeper apply --reset-password {}", wanted.name),
               .who = "you",
               .from = wanted.from});
    }
  };
  if (here.is == known_secret::state::absent) {
    if (found.verifier.is_absent()) {
      to.add(steps::set_password{wanted.name}, step_scope::server, wanted.from);
    } else {
      reset(fmt::format("password of \"{}\" is set on the server, and not known here", wanted.name));
    }
    return;
  }
  const bool differs_by_verifier = found.verifier.has_value() && found.verifier.value() != here.verifier;
  const bool differs_by_log_in =
      found.verifier.is_unknown() && here.log_in_works.has_value() && !here.log_in_works.value();
  if (found.verifier.is_absent()) {
    to.add(steps::set_password{wanted.name}, step_scope::server, wanted.from);
  } else if (differs_by_verifier || differs_by_log_in) {
    reset(fmt::format("password of \"{}\" on the server is not the one kept here", wanted.name));
  }
}

void plan_membership(const context& with, const desired_membership& wanted, writer& to) {
  const auto rows = with.memberships.find({wanted.role, wanted.member});
  const bool is_member = rows != with.memberships.end();
  if (is_member && !with.can.membership_options) return;
  if (is_member) {
    const bool inherits =
        std::ranges::any_of(rows->second, [](const observed_membership* row) { return row->inherit; });
    const bool sets = std::ranges::any_of(rows->second, [](const observed_membership* row) { return row->set; });
    if (sets && inherits == wanted.inherit) return;
  }
  const std::optional<bool> inherit = with.can.membership_options ? std::optional{wanted.inherit} : std::nullopt;
  const bool exists = with.role(wanted.role) != nullptr;
  if (exists && !with.may_alter(wanted.role)) {
    to.tell({.text = fmt::format("role \"{}\" should be a member of \"{}\", and this admin may not grant it",
                                 wanted.member, wanted.role),
             .statement = fmt::format("GRANT {} TO {};", quoted(wanted.role), quoted(wanted.member)),
             .who = "a superuser",
             .from = wanted.from});
    return;
  }
  to.add(steps::grant_role{wanted.role, wanted.member, inherit}, step_scope::server, wanted.from);
}

// A service's role is a member of what the manifest says, of nothing else of ours, and of no pg_* role.
void plan_excess_memberships(const context& with, writer& to) {
  std::set<std::pair<role_name, role_name>> wanted;
  for (const auto& one : with.desired.memberships) wanted.emplace(one.role, one.member);
  for (const auto& [key, rows] : with.memberships) {
    const auto& [role, member] = key;
    const bool member_is_ours = with.wanted_roles.contains(member);
    const bool role_is_ours = with.wanted_roles.contains(role);
    if (wanted.contains(key) || member == with.can.admin || (!member_is_ours && !role_is_ours)) continue;
    const auto& from = member_is_ours ? with.wanted_roles.at(member)->from : with.wanted_roles.at(role)->from;
    if (with.skips(from)) continue;
    const std::string statement = fmt::format("REVOKE {} FROM {};", quoted(role), quoted(member));
    const bool is_leak = member_is_ours && (role_is_ours || role.value.starts_with("pg_"));
    if (is_leak && (role_is_ours ? with.may_alter(role) : with.can.may_alter_system)) {
      to.add(steps::revoke_role{role, member}, step_scope::server, from);
    } else {
      to.tell({.text = fmt::format("role \"{}\" is a member of \"{}\", which no manifest declares", member, role),
               .statement = statement,
               .who = is_leak ? "a superuser" : "you",
               .from = from});
    }
  }
}

}  // namespace

void plan_roles(const context& with, writer& to) {
  for (const auto& wanted : with.desired.roles) {
    if (with.skips(wanted.from)) continue;
    const auto* found = with.role(wanted.name);
    if (found == nullptr) {
      if (!with.can.may_create_roles) continue;  // check_server told
      const auto secret_here = with.secrets.find(wanted.name);
      if (wanted.can_login && secret_here != with.secrets.end() &&
          secret_here->second.is == known_secret::state::unreadable) {
        to.tell({.text = fmt::format("password of \"{}\" can't be read: {}", wanted.name, secret_here->second.problem),
                 .fails_service = true,
                 .blocks_service = true,
                 .from = wanted.from});
        continue;
      }
      to.add(steps::create_role{wanted.name, wanted.can_login, wanted.connection_limit, with.desired.mark},
             step_scope::server, wanted.from);
      continue;
    }
    plan_existing_role(with, wanted, *found, to);
    if (wanted.can_login) plan_password(with, wanted, *found, to);
  }
}

void plan_memberships(const context& with, writer& to) {
  for (const auto& wanted : with.desired.memberships) {
    if (with.skips(wanted.from) || !with.will_be_there(wanted.member)) continue;
    plan_membership(with, wanted, to);
  }
  // A plain admin has to be a member of a role before it may make schemas for it or work as it.
  if (with.can.must_join_roles) {
    for (const auto& database : with.desired.databases) {
      if (with.skips(database)) continue;
      for (const auto& grants : database.object_grants) {
        plan_membership(with, {grants.owner, with.can.admin, false, grants.from}, to);
      }
    }
  }
  plan_excess_memberships(with, to);
}

}  // namespace innkeeper::plan_rules
