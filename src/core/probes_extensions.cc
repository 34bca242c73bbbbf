// Extensions, and what they reach outside: P28, P29, P30.
#include <fmt/format.h>

#include "core/extension_risks.h"
#include "core/grants.h"
#include "core/probe_places.h"
#include "core/probe_rows.h"
#include "core/sql.h"

namespace innkeeper::probe_rows {
namespace {

bool is_declared(const desired_database& database, const extension_name& name) {
  return std::ranges::find(database.extensions, name, &desired_extension::name) != database.extensions.end();
}

// Calls `judge` for every extension but the one that each database has, with what it could do and whether it is
// declared.
template <class Judge>
void for_each_extension(const proof_facts& facts, checks& result, Judge judge) {
  for_each_place(facts, [&](const place& where) {
    if (where.declared() == nullptr || !where.found().contents) return;
    result.count();
    for (const auto& one : where.found().contents->extensions) {
      if (one.name.value == "plpgsql") continue;
      judge(where, one, risk_of_extension(one.name.value), is_declared(*where.declared(), one.name));
    }
  });
}

// Wrappers, servers, and functions that an extension kept from PUBLIC, such as dblink_connect_u.
bool leads_outside(const granted_objects& group) {
  return group.kind == 'w' || group.kind == 's' ||
         (group.kind == 'f' && group.is_given && group.schema.value != "pg_catalog");
}

}  // namespace

judgement dangerous_extensions(const proof_facts& facts, const probe& self) {
  checks result{self};
  for_each_extension(
      facts, result, [&](const place& where, const observed_extension& one, const extension_risk& risk, bool declared) {
        if (risk.reason.empty()) return;
        auto found = where.about();
        found.says = declared ? verdict::advice : verdict::leak;
        found.text = fmt::format("extension \"{}\" is installed in database \"{}\", {}", one.name, where.found().name,
                                 declared ? "as declared" : "which nothing declares");
        found.detail = fmt::format("it {}", risk.reason);
        if (!declared) found.statement = fmt::format("DROP EXTENSION {};", quoted(one.name));
        result.find(std::move(found), declared ? gravity::low : risk.how_bad);
      });
  return result.done();
}

judgement extension_privileges(const proof_facts& facts, const probe& self) {
  checks result{self};
  for_each_extension(
      facts, result, [&](const place& where, const observed_extension& one, const extension_risk& risk, bool declared) {
        if (declared || !risk.reason.empty()) return;
        auto found = where.about();
        found.says = verdict::advice;
        found.text = fmt::format("extension \"{}\" is installed in database \"{}\", which nothing declares", one.name,
                                 where.found().name);
        found.statement = fmt::format("DROP EXTENSION {};", quoted(one.name));
        result.find(std::move(found), gravity::low);
      });
  for_each_place(facts, [&](const place& where) {
    result.count();
    for (const auto& group : where.security().objects) {
      if (!leads_outside(group)) continue;
      for (const auto& item : group.privileges) {
        const auto excess = excess_of(group, item);
        const auto* who =
            excess.privileges.empty() || item.grantee == group.owner ? nullptr : where.anyone_as(item.grantee);
        if (who == nullptr) continue;
        auto found = where.about();
        found.log_in = who->name;
        found.text = fmt::format("{} holds {} on {} of database \"{}\"", grantee_words(item.grantee),
                                 privilege_words(excess.privileges), words_of(group), where.found().name);
        found.statement = revoking_statement(group, excess);
        result.find(std::move(found));
      }
    }
  });
  return result.done();
}

judgement user_mappings(const proof_facts& facts, const probe& self) {
  checks result{self};
  for_each_place(facts, [&](const place& where) {
    const auto is_server = [](const granted_objects& one) { return one.kind == 's'; };
    result.count();
    if (std::ranges::none_of(where.security().objects, is_server)) return;
    if (!where.security().reads_user_mappings) {
      auto found = where.about();
      found.says = verdict::unprovable;
      found.text = fmt::format("the user mappings of database \"{}\" could not be read", where.found().name);
      found.statement =
          fmt::format("GRANT SELECT ON pg_catalog.pg_user_mapping TO {};", quoted(facts.observed().can.admin));
      result.find(std::move(found));
      return;
    }
    for (const auto& one : where.security().user_mappings) {
      const auto* who = one.needs_password ? nullptr : where.anyone_as(one.user);
      if (who == nullptr) continue;
      auto found = where.about();
      found.log_in = who->name;
      found.text =
          fmt::format("{} goes through foreign server {} of database \"{}\" without a password of its own",
                      one.user.empty() ? "every role" : grantee_words(one.user), one.server, where.found().name);
      found.statement = fmt::format("ALTER USER MAPPING FOR {} SERVER {} OPTIONS (SET password_required 'true');",
                                    quoted_grantee(one.user), one.server);
      result.find(std::move(found));
    }
  });
  return result.done();
}

}  // namespace innkeeper::probe_rows
