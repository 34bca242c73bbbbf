// Who was given what on the objects of a database: P4, P5, P6, P8, P19.
#include <fmt/format.h>

#include "core/grants.h"
#include "core/probe_places.h"
#include "core/probe_rows.h"
#include "core/sql.h"

namespace innkeeper::probe_rows {
namespace {

const schema_name system_schema{"pg_catalog"};

bool is_system(const granted_objects& group) {
  return group.schema == system_schema || group.schema.value == "information_schema";
}

class grant_judge {
 public:
  grant_judge(const proof_facts& facts, const place& where, checks& result)
      : facts_{facts}, where_{where}, result_{result} {}

  // What is given to PUBLIC, where that counts, and to log-ins that the objects are not meant for.
  void judge(const granted_objects& group, bool public_counts) {
    for (const auto& item : group.privileges) {
      const auto excess = excess_of(group, item);
      if (excess.privileges.empty() || item.grantee == group.owner) continue;
      if (!item.is_public()) {
        const auto strangers = where_.strangers(group, item.grantee);
        if (!strangers.empty()) leak(group, excess, strangers.front());
      } else if (public_counts && where_.declared() != nullptr) {
        leak(group, excess, nullptr);
      }
    }
  }

  // Privileges that may be passed on by somebody who couldn't as the owner anyway.
  void judge_grant_options(const granted_objects& group) {
    for (const auto& item : group.privileges) {
      const auto excess = excess_of(group, item);
      if (excess.grantable.empty() || item.grantee == group.owner) continue;
      for (const auto* one : facts_.who_reaches(item.grantee)) {
        if (one->reached.contains(group.owner) || facts_.is_superuser(*one)) continue;
        auto found = where_.about(group.schema);
        found.log_in = one->name;
        found.text = fmt::format("role \"{}\" may give {} on {} of database \"{}\" to others", item.grantee,
                                 privilege_words(excess.grantable), words_of(group), where_.found().name);
        found.statement = revoking_grant_option(group, excess);
        result_.find(std::move(found));
        break;
      }
    }
  }

 private:
  void leak(const granted_objects& group, const acl_item& excess, const log_in_facts* who) {
    auto found = where_.about(group.schema);
    if (who != nullptr) found.log_in = who->name;
    found.text = fmt::format("{} holds {} on {} of {}database \"{}\"", grantee_words(excess.grantee),
                             privilege_words(excess.privileges), words_of(group),
                             where_.declared() == nullptr ? "undeclared " : "", where_.found().name);
    if (group.is_security_definer) {
      found.detail = fmt::format("it is SECURITY DEFINER: who calls it acts as \"{}\"", group.owner);
    }
    found.statement = revoking_statement(group, excess);
    result_.find(std::move(found));
  }

  const proof_facts& facts_;
  const place& where_;
  checks& result_;
};

void judge_large_object_owner(const place& where, const granted_objects& group, checks& result) {
  if (where.declared() == nullptr || where.is_service_owner(group.owner)) return;
  const auto outsiders = where.outsiders(group.owner);
  if (outsiders.empty()) return;  // nobody of the estate, or a log-in of the service that left its role for a moment
  auto found = where.about();
  found.log_in = outsiders.front()->name;
  found.text = fmt::format("{} of database \"{}\" belong{} to \"{}\"", words_of(group), where.found().name,
                           group.count == 1 ? "s" : "", group.owner);
  const auto owner = where.owner_for({});
  found.statement = group.count == 1 ? fmt::format("ALTER LARGE OBJECT {} OWNER TO {};", group.example, quoted(owner))
                                     : fmt::format("REASSIGN OWNED BY {} TO {};", quoted(group.owner), quoted(owner));
  result.find(std::move(found));
}

}  // namespace

judgement object_privileges(const proof_facts& facts, const probe& self) {
  checks result{self};
  for (const auto& one : facts.observed().databases) {
    const bool is_declared = facts.declared_database(one.name) != nullptr;
    const bool is_told_by_others = is_declared && !one.contents;  // P8 and P43
    if (one.security || one.contents_problem.empty() || is_told_by_others) continue;
    result.count();
    finding found{.says = verdict::unprovable, .database = one.name, .detail = one.contents_problem};
    found.text = fmt::format("{}database \"{}\" could not be looked into", is_declared ? "" : "undeclared ", one.name);
    if (!is_declared) {
      found.statement =
          fmt::format("GRANT CONNECT ON DATABASE {} TO {};", quoted(one.name), quoted(facts.observed().can.admin));
    }
    result.find(std::move(found));
  }
  for_each_place(facts, [&](const place& where) {
    grant_judge judging{facts, where, result};
    for (const auto& group : where.security().objects) {
      const bool is_routine = group.kind == 'f';
      const bool is_relation = group.kind == 'r' || group.kind == 'S' || group.kind == 'c' || group.kind == 'T';
      if (!is_routine && !is_relation) continue;
      result.count();
      if (is_system(group) || (is_routine && (group.is_security_definer || group.is_given))) continue;
      // PostgreSQL itself gives PUBLIC functions and types; what those can do is asked by P5, P27 and P31.
      judging.judge(group, group.kind != 'T' && !is_routine);
    }
  });
  return result.done();
}

judgement definer_functions(const proof_facts& facts, const probe& self) {
  checks result{self};
  for_each_place(facts, [&](const place& where) {
    grant_judge judging{facts, where, result};
    result.count();
    for (const auto& group : where.security().objects) {
      if (!group.is_security_definer || group.is_of_extension || is_system(group)) continue;
      const auto* owner = facts.role(group.owner);
      if (owner != nullptr && owner->superuser) continue;  // P31
      result.count();
      auto open = group;
      if (group.is_default) open.privileges = {{.grantee = {}, .privileges = "X", .grantor = group.owner}};
      judging.judge(open, true);
    }
  });
  return result.done();
}

judgement large_objects(const proof_facts& facts, const probe& self) {
  checks result{self};
  for_each_place(facts, [&](const place& where) {
    grant_judge judging{facts, where, result};
    result.count();
    for (const auto& group : where.security().objects) {
      if (group.kind != 'L') continue;
      result.count();
      judging.judge(group, true);
      judge_large_object_owner(where, group, result);
    }
  });
  return result.done();
}

void judge_other_schemas(const proof_facts& facts, checks& result) {
  for_each_place(facts, [&](const place& where) {
    grant_judge judging{facts, where, result};
    for (const auto& group : where.security().objects) {
      if (group.kind != 'n' || where.declares(group.schema) || group.schema.value == "information_schema") continue;
      if (where.declared() != nullptr && group.schema.value == "public") continue;
      result.count();
      judging.judge(group, true);
    }
  });
}

void judge_object_grant_options(const proof_facts& facts, checks& result) {
  for_each_place(facts, [&](const place& where) {
    grant_judge judging{facts, where, result};
    for (const auto& group : where.security().objects) {
      if (group.kind == 'n' && where.found().contents) continue;  // judged with the schemas
      judging.judge_grant_options(group);
    }
  });
}

}  // namespace innkeeper::probe_rows
