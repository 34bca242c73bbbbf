#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/acl.h"
#include "core/plan_rules.h"
#include "core/sql.h"

namespace innkeeper::plan_rules {
namespace {

const schema_name every_schema{};

// What the read-write and read-only roles hold on each kind of object.
struct object_privileges {
  char kind;
  std::string_view rw;
  std::string_view ro;
};
constexpr std::array<object_privileges, 4> object_rules{
    {{'r', "arwd", "r"}, {'S', "rwU", "r"}, {'f', "X", "X"}, {'T', "U", "U"}}};

class inside_rules {
 public:
  inside_rules(const context& with, const desired_database& wanted, const database_contents& found, writer& to)
      : with_{with}, wanted_{wanted}, found_{found}, to_{to} {}

  void run() {
    if (wanted_.is_registry) {
      close_schema({.name = {"public"}, .is_public_leftover = true, .from = wanted_.from});
      if (!found_.has_registry) add(steps::create_registry{}, wanted_.from);
      return;
    }
    for (const auto& schema : wanted_.schemas) {
      if (!with_.skips(schema.from)) plan_schema(schema);
    }
    if (!with_.skips(wanted_.from)) {
      for (const auto& schema : found_.schemas) take_from_neighbours(schema);
    }
    for (const auto& grants : wanted_.object_grants) {
      if (with_.skips(grants.from)) continue;
      take_over_objects(grants);
      default_privileges(grants);
    }
    for (const auto& extension : wanted_.extensions) {
      if (!with_.skips(extension.from)) plan_extension(extension);
    }
    plan_functions(with_, wanted_, found_, to_);
    if (wanted_.lookup && !with_.skips(wanted_.lookup->from)) plan_lookup(*wanted_.lookup);
    if (!wanted_.lookup && found_.lookup && !with_.skips(wanted_.from)) plan_leftover_lookup(*found_.lookup);
  }

 private:
  void add(action what, const origin& from) { to_.add(std::move(what), step_scope::inside, from, wanted_.name); }

  void tell(std::string text, std::string statement, std::string who, const origin& from, bool fails = false) {
    const bool statement_is_empty = statement.empty();
    to_.tell({.text = std::move(text),
              .statement = std::move(statement),
              .who = std::move(who),
              .fails_service = fails,
              .lacks_right = fails && !statement_is_empty,
              .from = from,
              .database = wanted_.name});
  }

  [[nodiscard]] const observed_schema* schema(const schema_name& name) const {
    const auto at = std::ranges::find(found_.schemas, name, &observed_schema::name);
    return at == found_.schemas.end() ? nullptr : &*at;
  }

  // From 15, public belongs to whoever owns the database.
  [[nodiscard]] bool owns(const role_name& owner) const {
    if (owner.value != "pg_database_owner") return with_.acts_for(owner);
    const auto* database = with_.database(wanted_.name);
    return database == nullptr || with_.could_act_for(database->owner);
  }

  // Statements on what the owner role holds: a superuser acts for any owner, a plain admin has to become it.
  [[nodiscard]] role_name acting(const role_name& owner) const {
    return with_.can.must_assume_owner && owner != with_.can.admin ? owner : role_name{};
  }

  void plan_schema(const desired_schema& wanted) {
    const auto* found = schema(wanted.name);
    if (wanted.is_public_leftover) {
      close_schema(wanted);
      if (found != nullptr && owns(found->owner)) revoke_excess(wanted, *found);
      return;
    }
    if (found == nullptr) {
      add(steps::create_schema{wanted_.name, wanted.name, wanted.owner}, wanted.from);
      for (const auto& grant : wanted.grants) grant_schema(wanted, grant.grantee, grant.privileges);
      return;
    }
    // Before the schema is given away: a plain admin couldn't any more.
    close_schema(wanted);
    const role_name owner = wanted.owner.empty() ? with_.can.admin : wanted.owner;
    const bool has_other_owner =
        wanted.owner.empty() ? with_.wanted_roles.contains(found->owner) : found->owner != owner;
    if (has_other_owner && !give_schema(*found, owner, wanted.from)) return;
    for (const auto& grant : wanted.grants) {
      // What the owner of before held goes with it.
      const bool loses_all = has_other_owner && grant.grantee == found->owner;
      const std::string held = loses_all ? "" : privileges_of(found->privileges, grant.grantee);
      const std::string lacks = missing(grant.privileges, held);
      if (!lacks.empty()) grant_schema(wanted, grant.grantee, lacks);
    }
    revoke_excess(wanted, *found);
  }

  // False where this admin may not.
  bool give_schema(const observed_schema& found, const role_name& owner, const origin& from) {
    if (!owns(found.owner) && !with_.could_act_for(found.owner)) {
      tell(fmt::format("schema \"{}\" of database \"{}\" belongs to \"{}\", and this admin may not give it away",
                       found.name, wanted_.name, found.owner),
           fmt::format("ALTER SCHEMA {} OWNER TO {};", quoted(found.name), quoted(owner)), "a superuser", from);
      return false;
    }
    // Lent for the moment, unless the manifest gives it for good.
    const bool needs_create = with_.can.must_assume_owner &&
                              std::ranges::find(wanted_.grants, desired_grant{owner, "C"}) == wanted_.grants.end();
    const std::vector<needed_role> also =
        owns(found.owner) ? std::vector<needed_role>{} : std::vector<needed_role>{{found.owner, true, false}};
    to_.add(steps::alter_schema_owner{wanted_.name, found.name, owner, needs_create}, step_scope::inside, from,
            wanted_.name, also);
    return true;
  }

  // One that no manifest names and that a group of another service's owns, by some hand: where the log-ins here may use
  // it, they call what is put there. It becomes the admin's, as that of extensions is.
  void take_from_neighbours(const observed_schema& found) {
    const bool is_declared =
        std::ranges::find(wanted_.schemas, found.name, &desired_schema::name) != wanted_.schemas.end();
    const auto owner = with_.wanted_roles.find(found.owner);
    if (is_declared || owner == with_.wanted_roles.end() || owner->second->is_log_in()) return;
    const auto& from = owner->second->from.service;
    if (std::ranges::find(wanted_.services, from) == wanted_.services.end()) {
      give_schema(found, with_.can.admin, wanted_.from);
    }
  }

  void grant_schema(const desired_schema& wanted, const role_name& grantee, const std::string& privileges) {
    add(steps::grant_on_schema{wanted_.name, wanted.name, grantee, privileges, acting(wanted.owner)}, wanted.from);
  }

  // Nothing in it for PUBLIC.
  void close_schema(const desired_schema& wanted) {
    const auto* found = schema(wanted.name);
    if (found == nullptr) return;
    const std::string open_to_all = privileges_of(found->privileges, everybody);
    if (open_to_all.empty()) return;
    const bool is_own = owns(found->owner);
    if (is_own || with_.wanted_roles.contains(found->owner)) {
      add(steps::revoke_on_schema{wanted_.name, wanted.name, everybody, open_to_all,
                                  is_own ? role_name{} : acting(found->owner)},
          wanted.from);
    } else {
      tell(fmt::format("schema \"{}\" of database \"{}\" gives {} to every log-in that is in", wanted.name,
                       wanted_.name, privilege_words(open_to_all)),
           fmt::format("REVOKE ALL ON SCHEMA {} FROM PUBLIC;", quoted(wanted.name)), "a superuser", wanted.from);
    }
  }

  void revoke_excess(const desired_schema& wanted, const observed_schema& found) {
    for (const auto& item : found.privileges) {
      const std::string grantable = item.grantee == wanted.owner ? "" : grantable_to(with_, item, found.owner);
      if (grantable.empty()) continue;
      add(steps::revoke_grant_option{wanted_.name, wanted.name, item.grantee, grantable, acting(wanted.owner)},
          wanted.from);
    }
    for (const auto& item : found.privileges) {
      if (item.is_public() || item.grantee == found.owner || item.grantee == wanted.owner) continue;
      if (!with_.wanted_roles.contains(item.grantee)) continue;
      std::string allowed;
      for (const auto& grant : wanted.grants) {
        if (grant.grantee == item.grantee) allowed += grant.privileges;
      }
      const std::string excess = missing(item.privileges, allowed);
      if (excess.empty()) continue;
      add(steps::revoke_on_schema{wanted_.name, wanted.name, item.grantee, excess, acting(wanted.owner)}, wanted.from);
    }
  }

  // Objects that were there before us: they become the owner role's, and its neighbours' privileges reach them too.
  // What the owner itself grants or hides later is its own business.
  void take_over_objects(const desired_object_grants& grants) {
    if (!is_owner_role(grants)) return;
    std::set<role_name> from_owners;
    std::set<char> kinds;
    for (const auto& group : found_.objects) {
      if (group.schema != grants.schema || is_allowed_owner(group.owner)) continue;
      if (!with_.could_act_for(group.owner)) {
        tell(fmt::format("{} objects in schema \"{}\" of database \"{}\" belong to \"{}\"", group.count, grants.schema,
                         wanted_.name, group.owner),
             fmt::format("REASSIGN OWNED BY {} TO {};", quoted(group.owner), quoted(grants.owner)), "a superuser",
             grants.from);
        continue;
      }
      from_owners.insert(group.owner);
      kinds.insert(group.kind);
    }
    for (const auto& rule : object_rules) {
      if (!kinds.contains(rule.kind)) continue;
      if (rule.kind == 'T') continue;  // there is no ALL TYPES IN SCHEMA, and PUBLIC holds USAGE on what exists
      add(steps::grant_on_objects{wanted_.name, grants.schema, rule.kind, std::string{rule.rw}, {grants.rw}},
          grants.from);
      add(steps::grant_on_objects{wanted_.name, grants.schema, rule.kind, std::string{rule.ro}, {grants.ro}},
          grants.from);
    }
    for (const auto& owner : from_owners) {
      int count = 0;
      for (const auto& group : found_.objects) {
        if (group.schema == grants.schema && group.owner == owner) count += group.count;
      }
      add(steps::change_object_owner{wanted_.name, grants.schema, owner, grants.owner, count}, grants.from);
    }
  }

  [[nodiscard]] bool is_owner_role(const desired_object_grants& grants) const {
    const auto role = with_.wanted_roles.find(grants.owner);
    return role != with_.wanted_roles.end() && !role->second->is_log_in();
  }

  [[nodiscard]] bool is_allowed_owner(const role_name& owner) const {
    return std::ranges::find(wanted_.object_grants, owner, &desired_object_grants::owner) !=
           wanted_.object_grants.end();
  }

  [[nodiscard]] const observed_default_privileges* defaults(const role_name& role, const schema_name& in,
                                                            char kind) const {
    for (const auto& one : found_.default_privileges) {
      if (one.role == role && one.schema == in && one.kind == kind) return &one;
    }
    return nullptr;
  }

  // Two layers (facts.md 5c): PUBLIC's built-in rights can be taken away only for every schema at once.
  void default_privileges(const desired_object_grants& grants) {
    for (const auto& [kind, privilege] : {std::pair{'f', "X"}, std::pair{'T', "U"}}) {
      const auto* row = defaults(grants.owner, every_schema, kind);
      if (row != nullptr && privileges_of(row->privileges, everybody).empty()) continue;
      add(
          steps::alter_default_privileges{
              wanted_.name, grants.owner, every_schema, kind, false, privilege, {}, with_.can.must_assume_owner},
          grants.from);
    }
    for (const auto& row : found_.default_privileges) {
      if (row.role == grants.owner) take_back_defaults(grants, row);
    }
    const schema_name in = grants.every_schema ? every_schema : grants.schema;
    for (const auto& rule : object_rules) default_grants(grants, in, rule);
    if (grants.every_schema) default_grants(grants, every_schema, {'n', "U", "U"});
  }

  // From the estate's other roles. What a service will give to PUBLIC or to roles of its own making is its business;
  // the proof tells the former.
  void take_back_defaults(const desired_object_grants& grants, const observed_default_privileges& row) {
    for (const auto& item : row.privileges) {
      const bool is_expected = item.grantee == grants.owner || item.grantee == grants.rw || item.grantee == grants.ro;
      if (is_expected || !with_.wanted_roles.contains(item.grantee) || item.privileges.empty()) continue;
      add(steps::alter_default_privileges{wanted_.name,
                                          grants.owner,
                                          row.schema,
                                          row.kind,
                                          false,
                                          item.privileges,
                                          {item.grantee},
                                          with_.can.must_assume_owner},
          grants.from);
    }
  }

  void default_grants(const desired_object_grants& grants, const schema_name& in, const object_privileges& rule) {
    const auto* row = defaults(grants.owner, in, rule.kind);
    const acl nothing;
    const acl& held = row == nullptr ? nothing : row->privileges;
    const std::string rw = missing(rule.rw, privileges_of(held, grants.rw));
    const std::string ro = missing(rule.ro, privileges_of(held, grants.ro));
    const auto grant = [&](const std::string& privileges, std::vector<role_name> grantees) {
      add(steps::alter_default_privileges{wanted_.name, grants.owner, in, rule.kind, true, privileges,
                                          std::move(grantees), with_.can.must_assume_owner},
          grants.from);
    };
    if (rw == ro) {
      if (!rw.empty()) grant(rw, {grants.rw, grants.ro});
      return;
    }
    if (!rw.empty()) grant(rw, {grants.rw});
    if (!ro.empty()) grant(ro, {grants.ro});
  }

  void plan_extension(const desired_extension& wanted) {
    const auto at = std::ranges::find(found_.extensions, wanted.name, &observed_extension::name);
    if (at == found_.extensions.end()) {
      create_extension(wanted);
      return;
    }
    if (!wanted.version.empty() && at->version != wanted.version) {
      add(steps::update_extension{wanted_.name, wanted.name, wanted.version}, wanted.from);
    }
    if (at->schema != extensions_schema && at->schema.value != "pg_catalog") {
      tell(fmt::format("extension \"{}\" of database \"{}\" is installed in schema \"{}\", not \"{}\"", wanted.name,
                       wanted_.name, at->schema, extensions_schema),
           "", "", wanted.from);
    }
  }

  void plan_lookup(const desired_lookup& wanted) {
    if (found_.lookup && is_as_made(*found_.lookup, wanted_.access, wanted.users)) return;
    const steps::create_lookup step{wanted_.name, wanted_.access, wanted.users, !found_.lookup};
    if (with_.can.is_superuser) return add(step, wanted.from);
    tell(fmt::format("only a superuser's function can tell a pooler the verifiers of database \"{}\"; else say auth: "
                     "userlist, and render pgbouncer",
                     wanted_.name),
         create_lookup_sql(wanted_.access, wanted.users), "a superuser", wanted.from);
  }

  // Nothing else is in that schema, unless another hand put it there.
  void plan_leftover_lookup(const observed_lookup& found) {
    const auto* in = schema(lookup_schema);
    if (in == nullptr || with_.wanted_roles.contains(in->owner)) return;
    int others = 0;
    for (const auto& group : found_.objects) {
      if (group.schema == lookup_schema) others += group.kind == 'f' ? group.count - 1 : group.count;
    }
    std::vector<role_name> former;
    for (const auto& user : users_of(found)) {
      if (!with_.wanted_roles.contains(user)) former.push_back(user);
    }
    const steps::drop_lookup step{wanted_.name, former};
    if (others == 0 && with_.could_act_for(in->owner)) return add(step, wanted_.from);
    tell(fmt::format("schema \"{}\" of database \"{}\", by which a pooler looked up log-ins, stays: {}", lookup_schema,
                     wanted_.name, others == 0 ? "it is another admin's" : "another hand has put objects there"),
         drop_lookup_sql(wanted_.name, former), "a superuser", wanted_.from);
  }

  void create_extension(const desired_extension& wanted) {
    const auto available = with_.observed.available_extensions.find(wanted.name.value);
    const std::string statement =
        fmt::format("CREATE EXTENSION {} WITH SCHEMA {};", quoted(wanted.name), quoted(extensions_schema));
    if (available == with_.observed.available_extensions.end()) {
      tell(fmt::format("{}extension \"{}\" is not available on server \"{}\": install its package there",
                       wanted.optional ? "optional " : "", wanted.name, with_.desired.name),
           "", "", wanted.from, !wanted.optional);
    } else if (!available->second.trusted && !with_.can.may_use_untrusted_extensions) {
      tell(fmt::format("extension \"{}\" in database \"{}\" needs a superuser", wanted.name, wanted_.name), statement,
           "a superuser", wanted.from, !wanted.optional);
    } else {
      add(steps::create_extension{wanted_.name, wanted.name, wanted.version}, wanted.from);
    }
  }

  const context& with_;
  const desired_database& wanted_;
  const database_contents& found_;
  writer& to_;
};

}  // namespace

void plan_contents(const context& with, const desired_database& wanted, const database_contents& found, writer& to) {
  inside_rules{with, wanted, found, to}.run();
}

database_contents fresh_contents(const capabilities& can) {
  database_contents fresh;
  const role_name owner{can.public_schema_is_closed ? "pg_database_owner" : "postgres"};
  const std::string for_all = can.public_schema_is_closed ? "U" : "UC";
  fresh.schemas.push_back(
      {{"public"}, owner, {{{}, for_all, "", owner}, {.grantee = owner, .privileges = "UC", .grantor = owner}}});
  return fresh;
}

}  // namespace innkeeper::plan_rules
