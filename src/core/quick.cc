#include "core/quick.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/digest.h"
#include "core/plan_rules.h"
#include "core/step_sql.h"

namespace innkeeper {
namespace {

// Counts up when what the rules say of the inside of an existing database changes, or what a digest is made of.
constexpr int rules_version = 1;

constexpr std::int64_t refresh_after = 3600;  // seconds

// What the rules would do in a new database says all that they ask for, whatever key of the manifest it comes from.
// Extensions are taken to be there: whether they can be had is the server's matter.
std::string steps_for(const plan_rules::context& with, const desired_database& wanted) {
  auto fresh = plan_rules::fresh_contents(with.can);
  std::string text;
  for (const auto& one : wanted.extensions) {
    fresh.extensions.push_back({one.name, one.version, extensions_schema});
    text += fmt::format("extension {} {} {}\n", one.name, one.version, one.optional);
  }
  // In a new database nothing has to be done to leave a group of functions open.
  for (const auto& one : wanted.functions) {
    text += fmt::format("functions {} {}\n", to_string(one.group), one.open_to_public);
  }
  plan made;
  plan_rules::writer to{with, made};
  plan_rules::plan_contents(with, wanted, fresh, to);
  for (const auto& one : made.steps) text += to_sql(one, std::nullopt) + "\n";
  for (const auto& one : made.attentions) text += one.text + "\n";
  return text;
}

const desired_database* find_desired(const std::map<database_name, const desired_database*>& all,
                                     const database_name& name) {
  const auto found = all.find(name);
  return found == all.end() || found->second->is_registry ? nullptr : found->second;
}

std::map<database_name, const desired_database*> by_name(const desired_server& desired) {
  std::map<database_name, const desired_database*> all;
  for (const auto& one : desired.databases) all.emplace(one.name, &one);
  return all;
}

std::map<role_name, std::uint32_t> oids_of(const observed_server& observed) {
  std::map<role_name, std::uint32_t> all;
  for (const auto& one : observed.roles) all.emplace(one.name, one.oid);
  return all;
}

}  // namespace

std::map<database_name, std::string> wanted_digests(const desired_server& desired, const observed_server& observed) {
  observed_server nothing;
  nothing.can = observed.can;
  nothing.functions = observed.functions;
  const plan_policy everything;
  const known_secrets none;
  const plan_rules::context with{desired, nothing, none, everything};
  const std::string same_for_all =
      fmt::format("{} {} {} {} {} {}\n", rules_version, INNKEEPER_VERSION, observed.system_identifier,
                  observed.can.major, observed.can.admin, observed.can.must_assume_owner);
  std::map<database_name, std::string> digests;
  for (const auto& one : desired.databases) {
    if (!one.is_registry) digests.emplace(one.name, sha256_hex(same_for_all + steps_for(with, one)));
  }
  return digests;
}

std::string found_digest(const desired_database& wanted, const observed_database& found,
                         const std::map<role_name, std::uint32_t>& role_oids) {
  std::set<std::uint32_t> owners;
  for (const auto& one : wanted.object_grants) {
    if (const auto oid = role_oids.find(one.owner); oid != role_oids.end()) owners.insert(oid->second);
  }
  std::vector<std::string> lines;
  for (const auto& one : found.traces->holders) {
    const int owned = owners.contains(one.role) ? -1 : one.owned;
    lines.push_back(fmt::format("{} {} {}\n", one.role, owned, one.holds_rights));
  }
  std::ranges::sort(lines);
  std::string text = found.traces->provisioned + "\n";
  for (const auto& line : lines) text += line;
  return sha256_hex(text);
}

void trust_noted_looks(const desired_server& desired, observed_server& observed) {
  const auto wanted = by_name(desired);
  const auto digests = wanted_digests(desired, observed);
  const auto role_oids = oids_of(observed);
  for (auto& one : observed.databases) {
    const auto* declared = find_desired(wanted, one.name);
    one.is_as_noted = declared != nullptr && one.noted && one.traces && one.allows_connections &&
                      one.noted->wanted == digests.at(one.name) &&
                      one.noted->found == found_digest(*declared, one, role_oids);
  }
}

look_changes looks_to_note(const desired_server& desired, const observed_server& observed, const plan& left) {
  const auto wanted = by_name(desired);
  look_changes changes;
  std::vector<const observed_database*> in_step;
  for (const auto& one : observed.databases) {
    const auto seen = left.seen_inside.find(one.name);
    if (seen == left.seen_inside.end() || find_desired(wanted, one.name) == nullptr) continue;
    if (seen->second) {
      if (one.traces) in_step.push_back(&one);
    } else if (one.noted) {
      changes.forget.push_back(one.oid);
    }
  }
  if (in_step.empty()) return changes;
  const auto digests = wanted_digests(desired, observed);
  const auto role_oids = oids_of(observed);
  for (const auto* one : in_step) {
    noted_look look{.database = one->oid, .wanted = digests.at(one->name)};
    look.found = found_digest(*wanted.at(one->name), *one, role_oids);
    const bool is_known = one->noted && one->noted->wanted == look.wanted && one->noted->found == look.found;
    if (!is_known || one->noted->age >= refresh_after) changes.note.emplace_back(one->name, std::move(look));
  }
  return changes;
}

look_summary summarize_looks(const desired_server& desired, const observed_server& observed, depth how) {
  look_summary summary{.how = how};
  if (how == depth::deep) return summary;
  const auto wanted = by_name(desired);
  for (const auto& one : observed.databases) {
    if (one.is_as_noted) {
      ++summary.as_noted;
      summary.oldest_look = std::max(summary.oldest_look, one.noted->age);
    } else if ((one.contents || !one.contents_problem.empty()) && find_desired(wanted, one.name) != nullptr) {
      summary.entered.push_back(one.name);
    }
  }
  summary.passwords_unchecked = !observed.can.may_read_verifiers;
  return summary;
}

std::vector<std::string> not_checked(const look_summary& summary) {
  std::vector<std::string> lines;
  if (summary.how == depth::deep) return lines;
  if (summary.as_noted > 0) {
    lines = {
        "rights of PUBLIC inside a database", "which rights a role holds on a schema or by default, where it held some",
        "what the bootstrap superuser owns inside a database, extensions too", "versions and schemas of extensions"};
  }
  if (summary.security_unchecked) {
    lines.emplace_back("what is asked of a proof about objects, functions, extensions, secrets and pg_hba.conf");
  }
  if (summary.passwords_unchecked) lines.emplace_back("passwords, which this admin can only try");
  return lines;
}

}  // namespace innkeeper
