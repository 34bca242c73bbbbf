#include <fmt/format.h>

#include <algorithm>

#include "core/acl.h"
#include "core/plan_rules.h"
#include "core/sql.h"

namespace innkeeper::plan_rules {
namespace {

const std::string registry_mark = "innkeeper registry";  // every estate's, so no estate's name

// Reads like the database's life: made closed, limited, closed to PUBLIC, granted, configured, opened.
class around_rules {
 public:
  around_rules(const context& with, const desired_database& wanted, writer& to)
      : with_{with}, wanted_{wanted}, to_{to} {}

  void create() {
    add(steps::create_database{wanted_.name, wanted_.encoding, wanted_.locale, wanted_.connection_limit});
    add(steps::revoke_on_database{wanted_.name, everybody, "cT"});
    for (const auto& grant : wanted_.grants) {
      add(steps::grant_on_database{wanted_.name, grant.grantee, grant.privileges});
    }
    for (const auto& [name, value] : wanted_.settings) {
      add(steps::set_database_parameter{wanted_.name, name, value});
    }
    add(steps::comment_database{wanted_.name, own_mark()});
  }

  void change(const observed_database& found) {
    change_attributes(found);
    change_privileges(found);
    for (const auto& [name, value] : wanted_.settings) {
      const auto set = found.settings.find(name);
      const bool same =
          set != found.settings.end() &&
          (is_list_setting(name) ? parse_search_path(set->second) == parse_search_path(value) : set->second == value);
      if (!same) add(steps::set_database_parameter{wanted_.name, name, value});
    }
    mark(found);
    warn_about_encoding(found);
  }

  void role_settings() {
    const auto wanted = with_.wanted_settings.find(wanted_.name);
    if (wanted == with_.wanted_settings.end()) return;
    for (const auto* setting : wanted->second) {
      const auto& one = *setting;
      if (with_.skips(one.from) || !with_.will_be_there(one.role)) continue;
      const auto row = with_.role_settings.find({one.role, one.database});
      if (row != with_.role_settings.end()) {
        const auto set = row->second->settings.find(one.name);
        if (set != row->second->settings.end() &&
            (is_list_setting(one.name) ? parse_search_path(set->second) == parse_search_path(one.value)
                                       : set->second == one.value)) {
          continue;
        }
      }
      to_.add(steps::set_role_parameter{one.role, one.database, one.name, one.value}, step_scope::around, one.from,
              wanted_.name);
    }
  }

  void open(const observed_database* found) {
    if (found == nullptr || !found->allows_connections) add(steps::open_database{wanted_.name});
  }

 private:
  void add(action what) { to_.add(std::move(what), step_scope::around, wanted_.from, wanted_.name); }
  // With the rights of its owner of today.
  void add(action what, const role_name& owner) {
    to_.add(std::move(what), step_scope::around, wanted_.from, wanted_.name, {{.role = owner, .inherits = true}});
  }

  // A superuser that is no service of ours owns it as well as the admin would; anybody else could re-open it.
  [[nodiscard]] bool owner_is_fine(const role_name& owner) const {
    if (owner == with_.can.admin) return true;
    const auto* role = with_.role(owner);
    return role != nullptr && role->superuser && !with_.wanted_roles.contains(owner);
  }

  void change_attributes(const observed_database& found) {
    steps::alter_database change{.database = wanted_.name};
    if (wanted_.connection_limit >= 0 && found.connection_limit != wanted_.connection_limit) {
      change.connection_limit = wanted_.connection_limit;
    }
    if (found.is_template) change.is_template = false;
    const bool may = with_.could_act_for(found.owner);
    if (!owner_is_fine(found.owner)) {
      if (may) {
        change.owner = with_.can.admin;
      } else {
        to_.tell(
            {.text = fmt::format("database \"{}\" belongs to \"{}\", who could open it to others", wanted_.name,
                                 found.owner),
             .statement = fmt::format("ALTER DATABASE {} OWNER TO {};", quoted(wanted_.name), quoted(with_.can.admin)),
             .who = "a superuser",
             .from = wanted_.from});
      }
    }
    if (may && (change.connection_limit || change.is_template || change.owner)) add(change, found.owner);
  }

  // Before anything is taken back: a REVOKE fails where a right was handed on.
  void take_back_grant_options(const observed_database& found, bool may) {
    for (const auto& item : found.privileges) {
      const std::string grantable = grantable_to(with_, item, found.owner);
      if (!grantable.empty() && may) add(steps::revoke_grant_option{wanted_.name, {}, item.grantee, grantable, {}});
    }
  }

  void change_privileges(const observed_database& found) {
    const std::string open_to_all = privileges_of(found.privileges, everybody);
    // It belongs to the admin by now, where the admin could take it.
    const bool may = with_.could_act_for(found.owner);
    take_back_grant_options(found, may);
    if (!open_to_all.empty()) revoke(everybody, open_to_all, may);
    for (const auto& grant : wanted_.grants) {
      // What the owner of before held went with it.
      const bool lost_all = grant.grantee == found.owner && may && !owner_is_fine(found.owner);
      const std::string held = lost_all ? "" : privileges_of(found.privileges, grant.grantee);
      const std::string lacks = missing(grant.privileges, held);
      if (!lacks.empty()) add(steps::grant_on_database{wanted_.name, grant.grantee, lacks});
    }
    std::set<role_name> seen;
    for (const auto& item : found.privileges) {
      if (item.is_public() || item.grantee == found.owner || item.grantee == with_.can.admin) continue;
      if (!seen.insert(item.grantee).second) continue;
      std::string allowed;
      for (const auto& grant : wanted_.grants) {
        if (grant.grantee == item.grantee) allowed += grant.privileges;
      }
      const std::string excess = missing(privileges_of(found.privileges, item.grantee), allowed);
      if (excess.empty()) continue;
      if (with_.wanted_roles.contains(item.grantee)) {
        revoke(item.grantee, excess, may);
      } else if (const auto* role = with_.role(item.grantee); role != nullptr && !role->superuser) {
        to_.tell({.text = fmt::format("role \"{}\" holds {} on database \"{}\", which no manifest declares",
                                      item.grantee, privilege_words(excess), wanted_.name),
                  .statement = fmt::format("REVOKE {} ON DATABASE {} FROM {};", privilege_words(excess),
                                           quoted(wanted_.name), quoted(item.grantee)),
                  .who = "you",
                  .from = wanted_.from});
      }
    }
  }

  void revoke(const role_name& grantee, const std::string& privileges, bool may) {
    if (may) {
      add(steps::revoke_on_database{wanted_.name, grantee, privileges});
      return;
    }
    to_.tell({.text = fmt::format("database \"{}\" is open to {}", wanted_.name,
                                  grantee.empty() ? "every log-in" : grantee.value),
              .statement = fmt::format("REVOKE {} ON DATABASE {} FROM {};", privilege_words(privileges),
                                       quoted(wanted_.name), grantee.empty() ? "PUBLIC" : quoted(grantee)),
              .who = "a superuser",
              .from = wanted_.from});
  }

  // What `service create` made is taken over by the estate that names it. A database that is still closed and bare of
  // any comment is ours too: a run was cut off right after it made it.
  void mark(const observed_database& found) {
    auto theirs = parse_mark(found.comment);
    const auto ours = marked_estate(with_.desired.mark);
    const bool was_cut_off = found.comment.empty() && !found.allows_connections && found.owner == with_.can.admin;
    if (was_cut_off) add(steps::comment_database{wanted_.name, own_mark()});
    if (!theirs || theirs->estate == ours || wanted_.is_registry) return;
    theirs->estate = ours.value_or("");
    add(steps::comment_database{wanted_.name, print_mark(*theirs)});
  }

  [[nodiscard]] const std::string& own_mark() const { return wanted_.is_registry ? registry_mark : with_.desired.mark; }

  void warn_about_encoding(const observed_database& found) {
    if (wanted_.encoding.empty() || found.encoding.empty() || found.encoding == wanted_.encoding) return;
    to_.tell({.text = fmt::format("database \"{}\" has encoding {}, declared {}; an encoding can't be changed",
                                  wanted_.name, found.encoding, wanted_.encoding),
              .from = wanted_.from});
  }

  const context& with_;
  const desired_database& wanted_;
  writer& to_;
};

void plan_seen_contents(const context& with, const desired_database& wanted, const database_contents& found,
                        writer& to) {
  const auto before = to.size();
  plan_contents(with, wanted, found, to);
  const bool is_in_step = to.size() == before;
  const bool was_seen_whole = std::ranges::none_of(wanted.services, [&](const std::string& name) {
    return with.skips(origin{name, wanted.from.where});
  });
  if (was_seen_whole || !is_in_step) to.note_seen(wanted.name, is_in_step);
}

// Work goes on without the registry, which another admin may have made; not without a look at a service's own.
void tell_unseen(const context& with, const desired_database& wanted, const observed_database& found, writer& to) {
  attention unseen{.text = fmt::format("could not look into database \"{}\": {}", wanted.name, found.contents_problem),
                   .fails_service = !wanted.is_registry,
                   .may_retry = found.contents_may_come,
                   .from = wanted.from};
  if (!found.contents_may_come) {
    unseen.statement = fmt::format("GRANT CONNECT ON DATABASE {} TO {};", quoted(wanted.name), quoted(with.can.admin));
    unseen.who = fmt::format("\"{}\", its owner", found.owner);
  }
  if (wanted.services.empty()) to.tell(unseen);
  for (const auto& service : wanted.services) {
    unseen.from.service = service;
    to.tell(unseen);
  }
}

// ALTER DATABASE on such a wreck ends the session that tries it. Ours is dropped when asked for by name.
std::string wrecked_statement(const context& with, const desired_database& wanted, const observed_database& found) {
  if (wanted.services.empty() || marked_estate(found.comment) != marked_estate(with.desired.mark)) {
    return fmt::format("DROP DATABASE {};", quoted(wanted.name));
  }
  return fmt::format("innkeeper apply --prune --confirm {}", wanted.services.front());
}

void plan_database(const context& with, const desired_database& wanted, writer& to) {
  const auto* found = with.database(wanted.name);
  if (found != nullptr && found->connection_limit == -2) {
    to.tell({.text = fmt::format("database \"{}\" was left behind by a DROP DATABASE that was cut off", wanted.name),
             .statement = wrecked_statement(with, wanted, *found),
             .who = "you",
             .fails_service = true,
             .from = wanted.from});
    return;
  }
  if (found == nullptr && !with.can.may_create_databases) return;  // check_server told
  around_rules around{with, wanted, to};
  if (found == nullptr) {
    around.create();
  } else {
    around.change(*found);
  }
  around.role_settings();
  around.open(found);
  if (found == nullptr) {
    plan_contents(with, wanted, fresh_contents(with.can), to);
  } else if (found->contents) {
    plan_seen_contents(with, wanted, *found->contents, to);
  } else if (found->is_as_noted) {
    // Quick: nothing was to be done inside at the noted look, and nothing has shown since.
  } else if (!found->allows_connections) {
    // A cut-off run: nobody has been inside since it was made.
    plan_contents(with, wanted, fresh_contents(with.can), to);
  } else {
    tell_unseen(with, wanted, *found, to);
  }
}

// Who is in a maintenance database right now (an exporter, a backup) and holds no right of its own there would be
// locked out from the next log-in on.
void warn_who_loses(const context& with, const observed_database& found, writer& to) {
  for (const auto& one : with.observed.sessions) {
    if (one.database != found.name || one.role == with.can.admin || with.wanted_roles.contains(one.role)) continue;
    const auto* role = with.role(one.role);
    if (role == nullptr || role->superuser || one.role == found.owner) continue;
    if (privileges_of(found.privileges, one.role).find('c') != std::string::npos) continue;
    to.tell({.text = fmt::format("role \"{}\" is in database \"{}\" now, which closes to PUBLIC", one.role, found.name),
             .statement = fmt::format("GRANT CONNECT ON DATABASE {} TO {};", quoted(found.name), quoted(one.role)),
             .who = "you"});
  }
}

void close_maintenance(const context& with, const database_name& name, writer& to) {
  const auto* found = with.database(name);
  if (found == nullptr) return;
  const std::string open_to_all = privileges_of(found->privileges, everybody);
  if (open_to_all.empty()) return;
  if (with.acts_for(found->owner)) {
    warn_who_loses(with, *found, to);
    to.add(steps::revoke_on_database{name, everybody, open_to_all}, step_scope::closing, {}, name);
  } else {
    to.tell({.text = fmt::format("database \"{}\" is open to every log-in of the server", name),
             // The admin itself gets in by what PUBLIC holds.
             .statement = fmt::format("GRANT CONNECT ON DATABASE {0} TO {1}; REVOKE ALL ON DATABASE {0} FROM PUBLIC;",
                                      quoted(name), quoted(with.can.admin)),
             .who = "a superuser"});
  }
}

// A service that is no longer declared keeps its database as it is; the others have no business there.
void close_left_behind(const context& with, const observed_database& found, writer& to) {
  if (found.connection_limit == -2) return;  // nothing can be done to it but to drop it
  const bool may = with.could_act_for(found.owner);
  const auto mend = [&](action what, const origin& from, const std::string& text, const std::string& statement) {
    if (may) {
      to.add(std::move(what), step_scope::closing, from, found.name, {{.role = found.owner, .inherits = true}});
    } else {
      to.tell({.text = text, .statement = statement, .who = "a superuser", .from = from});
    }
  };
  const std::string name = quoted(found.name);
  const auto owner = with.wanted_roles.find(found.owner);
  if (owner != with.wanted_roles.end() && !with.skips(owner->second->from)) {
    mend(steps::alter_database{.database = found.name, .owner = with.can.admin}, owner->second->from,
         fmt::format("database \"{}\", which no manifest declares, belongs to \"{}\"", found.name, found.owner),
         fmt::format("ALTER DATABASE {} OWNER TO {};", name, quoted(with.can.admin)));
  }
  if (found.is_template && with.policy.services.empty()) {
    mend(steps::alter_database{.database = found.name, .is_template = false}, {},
         fmt::format("database \"{}\", which no manifest declares, is a template", found.name),
         fmt::format("ALTER DATABASE {} IS_TEMPLATE false;", name));
  }
  for (const auto& item : found.privileges) {
    const auto wanted = with.wanted_roles.find(item.grantee);
    if (item.grantee == found.owner || (!item.is_public() && wanted == with.wanted_roles.end())) continue;
    const origin from = item.is_public() ? origin{} : wanted->second->from;
    if (item.is_public() ? !with.policy.services.empty() : with.skips(from)) continue;
    const std::string who = item.is_public() ? "every log-in" : fmt::format("role \"{}\"", item.grantee);
    mend(steps::revoke_on_database{found.name, item.grantee, item.privileges}, from,
         fmt::format("{} holds {} on database \"{}\", which no manifest declares", who,
                     privilege_words(item.privileges), found.name),
         fmt::format("REVOKE ALL ON DATABASE {} FROM {};", name, item.is_public() ? "PUBLIC" : quoted(item.grantee)));
  }
}

// CONNECT is checked at log-in only: who was inside before the door closed is still there.
void plan_foreign_sessions(const context& with, writer& to) {
  std::map<database_name, const desired_database*> declared;
  for (const auto& one : with.desired.databases) declared.emplace(one.name, &one);
  for (const auto& one : with.observed.sessions) {
    const auto database = declared.find(one.database);
    if (database == declared.end() || with.skips(*database->second) || one.role == with.can.admin) continue;
    const auto* role = with.role(one.role);
    if (role == nullptr || role->superuser) continue;
    const auto expected = with.expected_log_ins.find(one.database);
    if (expected != with.expected_log_ins.end() && expected->second.contains(one.role)) continue;
    const auto& from = database->second->from;
    const bool may_end = with.can.may_end_sessions || with.could_act_for(one.role);
    if (with.wanted_roles.contains(one.role) && may_end) {
      to.add(steps::end_sessions{one.database, one.role}, step_scope::closing, from, one.database);
    } else {
      to.tell({.text = fmt::format("role \"{}\" has {} session{} in database \"{}\"", one.role, one.count,
                                   one.count == 1 ? "" : "s", one.database),
               .statement = fmt::format("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {} "
                                        "AND usename = {};",
                                        quote_literal(one.database.value), quote_literal(one.role.value)),
               .who = may_end ? "you" : "a superuser",
               .from = from});
    }
  }
}

}  // namespace

void plan_databases(const context& with, writer& to) {
  for (const auto& wanted : with.desired.databases) {
    if (!with.skips(wanted)) plan_database(with, wanted, to);
  }
}

void plan_closing(const context& with, writer& to) {
  close_maintenance(with, {"postgres"}, to);
  close_maintenance(with, {"template1"}, to);
  auto kept = with.desired.observed_databases;
  for (const auto& one : with.desired.databases) kept.insert(one.name);
  for (const auto& one : with.observed.databases) {
    if (with.is_of_this_estate(one.comment) && !kept.contains(one.name)) close_left_behind(with, one, to);
  }
  plan_foreign_sessions(with, to);
}

}  // namespace innkeeper::plan_rules
