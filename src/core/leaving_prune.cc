#include <fmt/format.h>

#include <algorithm>

#include "core/acl.h"
#include "core/leaving_rules.h"
#include "core/naming.h"

namespace innkeeper {
namespace {

class pruning : leaver {
 public:
  pruning(const service_footprint& one, const std::vector<service_footprint>& every, const observed_server& observed,
          const prune_facts& facts)
      : leaver{one, observed}, every_{every}, dependencies_{facts.dependencies}, blockers_{facts.blockers} {}

  leaving_plan plan() {
    if (one_.is_declared && own_database() == nullptr) return {};  // nothing of it holds data
    if (!check()) return std::move(plan_);
    choose_roles();
    mark_roles();
    hand_over_databases();
    take_over_elsewhere();
    drop_data();
    for (const auto& name : going_) add(steps::drop_role{name}, step_scope::closing);
    return std::move(plan_);
  }

 private:
  [[nodiscard]] bool is_cut_off() const { return own_database() != nullptr && own_database()->connection_limit == -2; }
  [[nodiscard]] bool is_alone() const { return one_.same_database.empty(); }

  bool check() {
    if (own_database() != nullptr && !check_estate(*own_database())) return false;
    if (is_cut_off()) return check_mark();
    if (one_.is_declared) {
      refuse(fmt::format("service \"{}\" is still declared", one_.service), "the next apply would make it again, empty",
             "Take its entry out of the manifest first.");
    } else if (own_database() != nullptr && !one_.is_retired()) {
      refuse(fmt::format("service \"{}\" is not retired", one_.service), "its log-ins may be at work",
             fmt::format("Run first: innkeeper service retire {}.", one_.service));
    } else if (!one_.same_schema.empty()) {
      refuse(fmt::format("service \"{}\" shares its schema with {}", one_.service, names_of(one_.same_schema)),
             "which of the tables are its own can't be told from outside",
             "Drop them by a migration, or prune all services of the schema.");
    } else if (own_database() != nullptr && !is_alone() && one_.schema.empty()) {
      refuse(fmt::format("the schema of service \"{}\" in database \"{}\" is not known", one_.service, one_.database),
             "no setting of its log-ins names it", "Drop it by hand.");
    }
    if (is_alone()) check_blockers();
    return plan_.problems.empty();
  }

  void check_blockers() {
    for (const auto& one : blockers_) {
      const std::string what =
          fmt::format("database \"{}\" can't be dropped: {} \"{}\"", one_.database, one.kind, one.name);
      if (one.kind == "prepared transaction") {
        refuse(what, "it waits for its COMMIT PREPARED or ROLLBACK PREPARED",
               fmt::format("In database \"{}\": ROLLBACK PREPARED {};", one_.database, quote_literal(one.name)));
      } else if (one.kind == "subscription") {
        refuse(what, "it still takes rows from another server",
               fmt::format("In database \"{}\": DROP SUBSCRIPTION {};", one_.database, quote_identifier(one.name)));
      } else {
        refuse(what, "somebody is reading from it",
               fmt::format("End its reader, then: SELECT pg_drop_replication_slot({});", quote_literal(one.name)));
      }
    }
  }

  // What DROP DATABASE left is dropped on the word of a mark only.
  bool check_mark() {
    if (marked_estate(own_database()->comment)) return true;
    refuse(fmt::format("database \"{}\" was left behind by a DROP DATABASE that was cut off, and has no mark of ours",
                       one_.database),
           "", fmt::format("Drop it by hand: DROP DATABASE {};", quoted(one_.database)));
    return false;
  }

  void choose_roles() {
    // A declared service of which only a wreck is left keeps its roles: the next apply makes the database for them.
    if (is_cut_off() && one_.is_declared) return;
    going_ = roles_to_drop(one_, observed_);
    for (const auto& name : one_.log_ins) tell_about_strangers(name);
    std::vector<role_name> sure;
    for (const auto& name : going_) {
      if (may_go(name)) sure.push_back(name);
    }
    going_ = std::move(sure);
  }

  void tell_about_strangers(const role_name& name) {
    const auto* found = role(name);
    if (found == nullptr || one_.shared_by.contains(name) || marked_estate(found->comment)) return;
    tell(fmt::format("role \"{}\" has no mark of ours, so it stays", name), fmt::format("DROP ROLE {};", quoted(name)),
         "you");
  }

  // Whatever it owns elsewhere needs somebody to take it, who is no superuser: code of a service must not run as one.
  bool may_go(const role_name& name) {
    if (!may_alter(name)) {
      tell(fmt::format("role \"{}\" stays: this admin may not drop it", name),
           fmt::format("DROP ROLE {};", quoted(name)), "a superuser");
      return false;
    }
    for (const auto& row : dependencies_) {
      if (row.role != name || (row.database == one_.database && is_alone())) continue;
      if (row.database.empty()) {
        if (row.owned == 0) continue;
        tell(fmt::format("role \"{}\" stays: it owns {} tablespace{}", name, row.owned, row.owned == 1 ? "" : "s"),
             fmt::format("ALTER TABLESPACE … OWNER TO {};", quoted(can_.admin)), "a superuser");
        return false;
      }
      const auto* where = database(row.database);
      if (where == nullptr || !where->allows_connections || where->connection_limit == -2) {
        tell(fmt::format("role \"{}\" stays: it has objects or privileges in database \"{}\", which can't be entered",
                         name, row.database),
             "", "");
        return false;
      }
      if (row.owned > 0 && heir_in(*where).empty()) {
        tell(
            fmt::format("role \"{}\" stays: it owns {} object{} in database \"{}\", and nobody but a superuser to take "
                        "them",
                        name, row.owned, row.owned == 1 ? "" : "s", row.database),
            fmt::format("\\connect {}\nREASSIGN OWNED BY {} TO …; DROP OWNED BY {};", quoted(row.database),
                        quoted(name), quoted(name)),
            "you");
        return false;
      }
    }
    return true;
  }

  // The database's owner role: of a service that lives there, else the database's own where that is no superuser.
  [[nodiscard]] role_name heir_in(const observed_database& where) const {
    for (const auto& other : every_) {
      const bool goes = std::ranges::find(going_, other.owner) != going_.end();
      if (other.database == where.name && !goes && role(other.owner) != nullptr) return other.owner;
    }
    const auto* owner = role(where.owner);
    return owner == nullptr || owner->superuser || owner->name == can_.admin ? role_name{} : owner->name;
  }

  // Should this run be cut off, the next one knows them by it, though the database is gone.
  void mark_roles() {
    for (const auto& name : going_) {
      mark wanted = parse_mark(role(name)->comment).value_or(mark{.estate = one_.estate});
      if (wanted.pruned == one_.service) continue;
      wanted.pruned = one_.service;
      add(steps::comment_role{name, print_mark(wanted)}, step_scope::server);
    }
  }

  // REASSIGN OWNED would hand whole databases to the heir.
  void hand_over_databases() {
    for (const auto& where : observed_.databases) {
      if (where.connection_limit == -2 || std::ranges::find(going_, where.owner) == going_.end()) continue;
      add(steps::alter_database{.database = where.name, .owner = can_.admin}, step_scope::server, {}, where.owner);
    }
  }

  void take_over_elsewhere() {
    for (const auto& name : going_) {
      for (const auto& row : dependencies_) {
        if (row.role == name && row.database != one_.database) take_over(row);
      }
    }
  }

  // What all databases share can be seen to from any of them.
  void take_over(const role_dependency& row) {
    const database_name where = row.database.empty() ? database_name{"postgres"} : row.database;
    add(steps::take_over_owned{.database = where,
                               .role = row.role,
                               .to = row.owned > 0 ? heir_in(*database(where)) : role_name{},
                               .count = row.owned,
                               .must_join = can_.must_join_roles,
                               .membership_options = can_.membership_options},
        step_scope::inside, where);
  }

  void drop_data() {
    if (own_database() == nullptr) return;
    if (is_alone() || is_cut_off()) {
      add(steps::drop_database{one_.database}, step_scope::closing);
      return;
    }
    // And where its schema files were remembered, if they were.
    for (const auto& schema : {one_.schema, history_schema(one_.service, true)}) {
      add(steps::drop_schema{one_.database, schema}, step_scope::inside, one_.database, one_.owner);
    }
    for (const auto& name : going_) {
      for (const auto& row : dependencies_) {
        if (row.role == name && row.database == one_.database) take_over(row);
      }
    }
    mark wanted = mark_now();
    wanted.retired.erase(one_.service);
    set_mark(wanted);
  }

  const std::vector<service_footprint>& every_;
  const std::vector<role_dependency>& dependencies_;
  const std::vector<drop_blocker>& blockers_;
  std::vector<role_name> going_;
};

}  // namespace

leaving_plan plan_prune(const service_footprint& one, const std::vector<service_footprint>& every,
                        const observed_server& observed, const prune_facts& facts) {
  return pruning{one, every, observed, facts}.plan();
}

std::vector<role_name> roles_to_drop(const service_footprint& one, const observed_server& observed) {
  std::set<role_name> candidates{one.pruned_roles.begin(), one.pruned_roles.end()};
  for (const auto& log_in : one.log_ins) {
    if (!one.shared_by.contains(log_in)) candidates.insert(log_in);
  }
  if (one.same_schema.empty()) candidates.merge(std::set<role_name>{one.owner, one.rw, one.ro});
  if (one.same_database.empty()) candidates.insert(one.access);
  std::vector<role_name> going;
  for (const auto& role : observed.roles) {
    const auto theirs = marked_estate(role.comment);
    const bool is_ours = theirs && (theirs->empty() || *theirs == one.estate);
    if (candidates.contains(role.name) && is_ours && !role.superuser && role.name != observed.can.admin) {
      going.push_back(role.name);
    }
  }
  return going;
}

bool needs_dump(const service_footprint& one, const observed_server& observed) {
  const auto found = std::ranges::find(observed.databases, one.database, &observed_database::name);
  return found != observed.databases.end() && found->connection_limit != -2;
}

}  // namespace innkeeper
