#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/acl.h"
#include "core/probe_checks.h"
#include "core/probe_rows.h"
#include "core/sql.h"

namespace innkeeper::probe_rows {
namespace {

const schema_name every_schema{};

finding about(const desired_database& declared, const std::string& service = {}) {
  return {.service = service.empty() ? declared.from.service : service,
          .database = declared.name,
          .where = declared.from.where};
}

// Calls `judge` for each declared database that could be looked into; what couldn't is unprovable, with the reason.
template <class Judge>
void for_each_contents(const proof_facts& facts, checks& result, Judge judge) {
  for (const auto& declared : facts.desired().databases) {
    const auto* found = facts.database(declared.name);
    if (found == nullptr || declared.is_registry || found->is_as_noted) continue;
    result.count();
    if (found->contents) {
      judge(declared, *found->contents);
    } else if (!found->contents_problem.empty()) {
      auto one = about(declared);
      one.says = verdict::unprovable;
      one.text = fmt::format("database \"{}\" could not be looked into", declared.name);
      one.detail = found->contents_problem;
      result.find(std::move(one));
    }
  }
}

const desired_schema* declared_schema(const desired_database& database, const schema_name& name) {
  const auto found = std::ranges::find(database.schemas, name, &desired_schema::name);
  return found == database.schemas.end() ? nullptr : &*found;
}

// What a role is given on a schema beyond the manifest; the schema's owner may do as it likes with its own.
std::string excess_on(const desired_schema& declared, const observed_schema& found, const acl_item& item) {
  std::string allowed;
  for (const auto& grant : declared.grants) {
    if (grant.grantee == item.grantee) allowed += grant.privileges;
  }
  if (!item.is_public() && (item.grantee == declared.owner || item.grantee == found.owner)) allowed += "UC";
  return missing(item.privileges, allowed);
}

std::string_view kind_words(char kind) {
  switch (kind) {
    case 'r':
      return "TABLES";
    case 'S':
      return "SEQUENCES";
    case 'f':
      return "FUNCTIONS";
    case 'T':
      return "TYPES";
    default:
      return "SCHEMAS";
  }
}

std::string default_change(const observed_default_privileges& row, std::string_view verb, const role_name& grantee) {
  const std::string in = row.schema == every_schema ? std::string{} : fmt::format(" IN SCHEMA {}", quoted(row.schema));
  return fmt::format("ALTER DEFAULT PRIVILEGES FOR ROLE {}{} {} ON {} FROM {};", quoted(row.role), in, verb,
                     kind_words(row.kind), grantee.empty() ? "PUBLIC" : quoted(grantee));
}

class default_privileges_of {
 public:
  default_privileges_of(const proof_facts& facts, const desired_database& declared, const database_contents& found,
                        checks& result)
      : facts_{facts}, declared_{declared}, found_{found}, result_{result} {}

  void run() {
    for (const auto& grants : declared_.object_grants) check_built_in(grants);
    for (const auto& row : found_.default_privileges) check_row(row);
    for (const auto& group : found_.objects) check_owner(group);
  }

 private:
  void leak(std::string service, std::string text, std::string statement) {
    auto one = about(declared_, service);
    one.text = std::move(text);
    one.statement = std::move(statement);
    result_.find(std::move(one));
  }

  // PUBLIC may EXECUTE each new function and use each new type, unless a row for every schema says otherwise.
  void check_built_in(const desired_object_grants& grants) {
    for (const char kind : {'f', 'T'}) {
      const bool is_closed = std::ranges::any_of(found_.default_privileges, [&](const auto& row) {
        return row.role == grants.owner && row.schema == every_schema && row.kind == kind;
      });
      if (is_closed) continue;  // what the row says is judged by check_row
      leak(grants.from.service,
           fmt::format("{} that role \"{}\" will make in database \"{}\" are open to every role",
                       kind == 'f' ? "functions" : "types", grants.owner, declared_.name),
           default_change({.role = grants.owner, .kind = kind}, kind == 'f' ? "REVOKE EXECUTE" : "REVOKE USAGE",
                          everybody));
    }
  }

  [[nodiscard]] const desired_object_grants* declared_for(const role_name& owner) const {
    const auto found = std::ranges::find(declared_.object_grants, owner, &desired_object_grants::owner);
    return found == declared_.object_grants.end() ? nullptr : &*found;
  }

  void check_row(const observed_default_privileges& row) {
    const auto* grants = declared_for(row.role);
    if (grants == nullptr) return;
    for (const auto& item : row.privileges) {
      const bool is_expected = item.grantee == row.role || item.grantee == grants->rw || item.grantee == grants->ro ||
                               item.privileges.empty();
      // What a service gives to roles of its own making is its business; to PUBLIC or to another service it is not.
      if (is_expected || (!item.is_public() && !facts_.is_declared_role(item.grantee))) continue;
      leak(grants->from.service,
           fmt::format("{} that role \"{}\" will make in database \"{}\" give {} to {}", kind_words(row.kind), row.role,
                       declared_.name, privilege_words(item.privileges),
                       item.is_public() ? "every role" : fmt::format("\"{}\"", item.grantee)),
           default_change(row, fmt::format("REVOKE {}", privilege_words(item.privileges)), item.grantee));
    }
  }

  void check_owner(const observed_objects& group) {
    if (declared_for(group.owner) != nullptr) return;
    const auto schema = std::ranges::find(declared_.object_grants, group.schema, &desired_object_grants::schema);
    if (schema == declared_.object_grants.end()) return;
    leak(schema->from.service,
         fmt::format("{} object{} in schema \"{}\" of database \"{}\" belong{} to \"{}\"", group.count,
                     group.count == 1 ? "" : "s", group.schema, declared_.name, group.count == 1 ? "s" : "",
                     group.owner),
         fmt::format("REASSIGN OWNED BY {} TO {};", quoted(group.owner), quoted(schema->owner)));
  }

  const proof_facts& facts_;
  const desired_database& declared_;
  const database_contents& found_;
  checks& result_;
};

}  // namespace

judgement schema_privileges(const proof_facts& facts, const probe& self) {
  checks result{self};
  for_each_contents(facts, result, [&](const desired_database& database, const database_contents& found) {
    for (const auto& schema : found.schemas) {
      const auto* declared = declared_schema(database, schema.name);
      if (declared == nullptr) continue;
      for (const auto& item : schema.privileges) {
        const std::string excess = excess_on(*declared, schema, item);
        if (excess.empty() || (!item.is_public() && facts.who_reaches(item.grantee).empty())) continue;
        auto one = about(database, declared->from.service);
        one.text = fmt::format("{} holds {} on schema \"{}\" of database \"{}\"",
                               item.is_public() ? "every role that is in" : fmt::format("role \"{}\"", item.grantee),
                               privilege_words(excess), schema.name, database.name);
        one.statement = fmt::format("REVOKE {} ON SCHEMA {} FROM {};", privilege_words(excess), quoted(schema.name),
                                    item.is_public() ? "PUBLIC" : quoted(item.grantee));
        result.find(std::move(one));
      }
    }
  });
  judge_other_schemas(facts, result);
  return result.done();
}

judgement default_privileges(const proof_facts& facts, const probe& self) {
  checks result{self};
  for_each_contents(facts, result, [&](const desired_database& database, const database_contents& found) {
    default_privileges_of{facts, database, found, result}.run();
  });
  return result.done();
}

}  // namespace innkeeper::probe_rows
