#include <fmt/format.h>

#include <algorithm>

#include "core/password_truth.h"
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
  if (wanted.is_log_in() && found.connection_limit != wanted.connection_limit) {
    change.connection_limit = wanted.connection_limit;
  }
  return change;
}

bool may_change_attributes(const capabilities& can, const steps::alter_role& change) {
  return std::ranges::all_of(change.attributes, [&](const std::string& attribute) {
    if (attribute == "NOSUPERUSER") return can.is_superuser;
    if (attribute == "NOREPLICATION") return can.may_change_replication;
    if (attribute == "NOBYPASSRLS") return can.may_change_bypassrls;
    return true;
  });
}

void plan_existing_role(const context& with, const desired_role& wanted, const observed_role& found, writer& to) {
  const auto change = differing_attributes(with, wanted, found);
  if (!change.attributes.empty() || change.connection_limit) {
    if (with.may_alter(wanted.name) && may_change_attributes(with.can, change)) {
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

// Who did what, as far as it is known.
std::string words_of(password_truth truth, const role_name& role, const observed_role& found,
                     const known_secret& here) {
  const std::string differs = fmt::format("password of \"{}\" on the server is not the one kept here", role);
  const std::string since =
      here.remembered ? fmt::format("since {} by {}", here.remembered->when, here.remembered->who) : "";
  switch (truth) {
    case password_truth::not_known_here:
      return fmt::format("password of \"{}\" is set on the server, and not known here", role);
    case password_truth::unreadable:
      return fmt::format("password of \"{}\" can't be read: {}", role, here.problem);
    case password_truth::server_drifted:
      return fmt::format("{}: another hand changed it on the server; it was right {}", differs, since);
    case password_truth::secret_drifted:
      return fmt::format("{}: another hand changed the kept one; the former was right {}", differs, since);
    case password_truth::both_drifted:
      return fmt::format("{}: other hands changed both; they agreed {}", differs, since);
    case password_truth::differs:
      return fmt::format("{}; which of the two was changed is not known", differs);
    case password_truth::hash_outdated:
      return fmt::format("password of \"{}\" is right, but the server keeps it as {}", role,
                         hash_words(found.verifier.value()));
    case password_truth::in_step:
    case password_truth::unknown:
    case password_truth::not_set:
      break;
  }
  return {};
}

// A log-in that shows a certificate: does it get in by that, and by nothing else?
void plan_certificate(const context& with, const desired_role& wanted, const observed_role& found, writer& to) {
  if (found.verifier.has_value()) {
    to.tell({.text = fmt::format("log-in \"{}\" has a password besides its certificate", wanted.name),
             .statement = fmt::format("ALTER ROLE {} PASSWORD NULL;", quoted(wanted.name)),
             .who = with.may_alter(wanted.name) ? "you" : "a superuser",
             .from = wanted.from,
             .topic = "certificate.password"});
  }
  const auto here = with.secrets.find(wanted.name);
  if (here == with.secrets.end() || here->second.problem.empty()) return;
  to.tell({.text = here->second.problem, .from = wanted.from, .topic = "certificate.refused"});
}

// Law: a password is set where there is none, and changed only when asked.
void plan_password(const context& with, const desired_role& wanted, const observed_role& found, writer& to) {
  if (wanted.by_certificate) return plan_certificate(with, wanted, found, to);
  const auto entry = with.secrets.find(wanted.name);
  const known_secret none;
  const known_secret& here = entry == with.secrets.end() ? none : entry->second;
  const auto truth = truth_of(found.verifier, here);
  if (truth == password_truth::in_step || truth == password_truth::unknown) return;
  attention told{
      .text = words_of(truth, wanted.name, found, here), .from = wanted.from, .topic = std::string{topic_of(truth)}};
  const bool is_asked_for = truth == password_truth::not_set || is_reset_asked_for(with, wanted.name);
  if (truth == password_truth::unreadable) {
    told.fails_service = true;
  } else if (is_asked_for && with.may_alter(wanted.name)) {
    to.add(steps::set_password{wanted.name}, step_scope::server, wanted.from);
    return;
  } else if (is_asked_for) {
    told.text = fmt::format("password of \"{}\" is another hand's to set", wanted.name);
    told.statement = with.lending_statement(wanted.name);
    told.who = "a superuser";
    told.fails_service = told.lacks_right = true;
  } else {
    told.statement = fmt::format("innkeeper apply --reset-password {}", wanted.name);
    told.who = "you";
  }
  to.tell(std::move(told));
}

// From 16 there is a row of each grantor, and only the grantor, or who has its rights, takes it back.
void revoke_membership(const context& with, const observed_membership& row, const origin& from, writer& to) {
  steps::revoke_role step{.role = row.role, .member = row.member};
  if (with.can.membership_options) {
    step.grantor = row.grantor;
    step.cascades = row.admin;
  }
  const bool may = with.can.is_superuser ||
                   (with.may_alter(row.role) && (!with.can.membership_options || with.acts_for(row.grantor)));
  if (may) {
    to.add(step, step_scope::server, from);
    return;
  }
  to.tell({.text = fmt::format("role \"{}\" is a member of \"{}\", which no manifest declares", row.member, row.role),
           .statement = fmt::format("REVOKE {} FROM {}{};", quoted(row.role), quoted(row.member),
                                    step.grantor.empty() ? "" : " GRANTED BY " + quoted(step.grantor)),
           .who = "a superuser",
           .from = from});
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
    // Each grantor's row counts by itself: ours can't take away what another one gives.
    if (!wanted.inherit) {
      for (const auto* row : rows->second) {
        if (row->inherit) revoke_membership(with, *row, wanted.from, to);
      }
      if (std::ranges::any_of(rows->second, [](const auto* row) { return row->set && !row->inherit; })) return;
    }
  }
  const std::optional<bool> inherit = with.can.membership_options ? std::optional{wanted.inherit} : std::nullopt;
  const bool exists = with.role(wanted.role) != nullptr;
  if (exists && !with.may_alter(wanted.role)) {
    to.tell({.text = fmt::format("role \"{}\" should be a member of \"{}\", and this admin may not grant it",
                                 wanted.member, wanted.role),
             .statement = with.lending_statement(wanted.role),
             .who = "a superuser",
             .fails_service = true,
             .lacks_right = true,
             .from = wanted.from});
    return;
  }
  to.add(steps::grant_role{wanted.role, wanted.member, inherit}, step_scope::server, wanted.from);
}

// A service's role is a member of what the manifest says, of nothing else of ours, also where it was left behind, and
// of no pg_* role.
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
    if (member_is_ours && (role_is_ours || with.is_left_behind(role) || role.value.starts_with("pg_"))) {
      for (const auto* row : rows) revoke_membership(with, *row, from, to);
      continue;
    }
    to.tell({.text = fmt::format("role \"{}\" is a member of \"{}\", which no manifest declares", member, role),
             .statement = fmt::format("REVOKE {} FROM {};", quoted(role), quoted(member)),
             .who = "you",
             .from = from});
  }
}

// createrole_self_grant, wherever it was set for this admin.
bool grants_to_itself(const context& with) {
  constexpr auto* name = "createrole_self_grant";
  if (!with.can.has_self_grants) return false;
  const auto& all = with.observed.parameters_of_server;
  const auto of_server = std::ranges::find(all, name, &observed_parameter::name);
  if (of_server != all.end() && !of_server->value.empty()) return true;
  const auto* admin = with.role(with.can.admin);
  if (admin != nullptr && admin->settings.contains(name)) return true;
  const auto* home = with.database(with.observed.maintenance);
  if (home != nullptr && home->settings.contains(name)) return true;
  const auto both = with.role_settings.find({with.can.admin, with.observed.maintenance});
  return both != with.role_settings.end() && both->second->settings.contains(name);
}

// What only people or the next run can go on with.
void tell_turn(const desired_pair& one, writer& to) {
  const auto& pair = one.now;
  attention told{.who = "you", .from = one.from, .topic = "rotation"};
  if (!pair.is_known) {
    told.text = fmt::format("log-ins \"{}\" and \"{}\" are both open, and the registry does not say which is in use",
                            pair.log_in, pair.twin);
    told.statement = "innkeeper secret rotate --resume";
  } else if (pair.state == rotation_state::draining) {
    told.text = fmt::format("log-in \"{}\" took over from \"{}\", which stays open until nobody uses it", pair.used(),
                            pair.other());
    told.statement = "innkeeper secret rotate --resume";
    told.is_advice = true;
  } else if (is_under_way(pair.state)) {
    told.text = fmt::format("a rotation of \"{}\" by {} was cut off: {}", pair.log_in, pair.who, to_string(pair.state));
    told.statement = "innkeeper secret rotate --resume";
  } else {
    return;
  }
  to.tell(std::move(told));
}

}  // namespace

void plan_roles(const context& with, writer& to) {
  for (const auto& wanted : with.desired.roles) {
    if (with.skips(wanted.from)) continue;
    const auto* found = with.role(wanted.name);
    if (found == nullptr) {
      if (!with.can.may_create_roles) continue;  // check_server told
      const auto secret_here = with.secrets.find(wanted.name);
      if (wanted.can_login && !wanted.is_turning && !wanted.by_certificate && secret_here != with.secrets.end() &&
          secret_here->second.is == known_secret::state::unreadable) {
        to.tell({.text = fmt::format("password of \"{}\" can't be read: {}", wanted.name, secret_here->second.problem),
                 .fails_service = true,
                 .blocks_service = true,
                 .from = wanted.from});
        continue;
      }
      to.add(steps::create_role{.role = wanted.name,
                                .can_login = wanted.can_login && !wanted.is_turning,
                                .connection_limit = wanted.connection_limit,
                                .mark = with.desired.mark,
                                .is_alone = grants_to_itself(with),
                                .by_certificate = wanted.by_certificate},
             step_scope::server, wanted.from);
      continue;
    }
    plan_existing_role(with, wanted, *found, to);
    if (wanted.can_login && !wanted.is_turning) plan_password(with, wanted, *found, to);
  }
  for (const auto& one : with.desired.pairs) {
    if (!with.skips(one.from)) tell_turn(one, to);
  }
}

void plan_memberships(const context& with, writer& to) {
  for (const auto& wanted : with.desired.memberships) {
    if (with.skips(wanted.from) || !with.will_be_there(wanted.member)) continue;
    plan_membership(with, wanted, to);
  }
  plan_old_loans(with, to);
  plan_excess_memberships(with, to);
}

}  // namespace innkeeper::plan_rules
