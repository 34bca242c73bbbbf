// Code that runs with more than its caller's rights, and data that leaves by replication: P23, P27, P31.
#include <fmt/format.h>

#include "core/grants.h"
#include "core/probe_places.h"
#include "core/probe_rows.h"
#include "core/sql.h"

namespace innkeeper::probe_rows {
namespace {

// Who may call these functions besides their owner: PostgreSQL gives them to PUBLIC unless told otherwise.
acl callers_of(const granted_objects& routine) {
  if (routine.is_default) return {{.grantee = {}, .privileges = "X", .grantor = routine.owner}};
  acl all;
  for (const auto& item : routine.privileges) {
    if (item.grantee != routine.owner && item.privileges.find('X') != std::string::npos) all.push_back(item);
  }
  return all;
}

bool is_superuser(const proof_facts& facts, const role_name& name) {
  const auto* found = facts.role(name);
  return found != nullptr && found->superuser;
}

void judge_superuser_s_function(const place& where, const granted_objects& routine, checks& result) {
  for (const auto& item : callers_of(routine)) {
    const auto* who = where.anyone_as(item.grantee);
    if (who == nullptr) continue;
    auto found = where.about(routine.schema);
    found.log_in = who->name;
    found.text = fmt::format("{} may call {} of database \"{}\", which acts as superuser \"{}\"",
                             grantee_words(item.grantee), routine.example, where.found().name, routine.owner);
    found.detail = routine.has_search_path
                       ? "its search_path is pinned"
                       : "its search_path is not pinned: the caller can put code of its own in the way";
    found.statement = revoking_statement(routine, item);
    if (routine.has_search_path && !item.is_public()) found.says = verdict::advice;
    result.find(std::move(found), routine.has_search_path ? gravity::high : gravity::critical);
  }
}

void judge_untrusted_function(const proof_facts& facts, const place& where, const granted_objects& routine,
                              checks& result) {
  const auto find = [&](const log_in_facts& who, const std::string& caller, std::string statement) {
    auto found = where.about(routine.schema);
    found.log_in = who.name;
    found.text = fmt::format("{} may call {} of database \"{}\", in the untrusted language {}", caller, routine.example,
                             where.found().name, routine.language);
    found.statement = std::move(statement);
    result.find(std::move(found));
  };
  for (const auto& item : callers_of(routine)) {
    const auto* who = where.anyone_as(item.grantee);
    if (who != nullptr) find(*who, grantee_words(item.grantee), revoking_statement(routine, item));
  }
  const auto* owner = where.anyone_as(routine.owner);
  if (owner != nullptr && !is_superuser(facts, routine.owner)) {
    find(*owner, fmt::format("its owner \"{}\"", routine.owner),
         fmt::format("ALTER ROUTINE {} OWNER TO {};", routine.example, quoted(facts.observed().can.admin)));
  }
}

void judge_language(const place& where, const observed_language& language, checks& result) {
  if (language.is_trusted && !language.is_built_in) return;
  auto found = where.about();
  if (language.is_built_in) {
    found.text =
        fmt::format("whoever may create functions in database \"{}\" may write them in {}, which runs as the server",
                    where.found().name, language.name);
    found.statement = fmt::format("UPDATE pg_catalog.pg_language SET lanpltrusted = false WHERE lanname = {};",
                                  quote_literal(language.name));
    result.find(std::move(found));
    return;
  }
  // P28 tells of the extension that brought it.
  const auto& contents = where.found().contents;
  const auto is_it = [&](const observed_extension& one) { return one.name.value == language.name; };
  if (!contents || std::ranges::any_of(contents->extensions, is_it)) return;
  found.says = verdict::advice;
  found.text = fmt::format("database \"{}\" has the untrusted language {}: a function in it acts as the server",
                           where.found().name, language.name);
  found.statement = fmt::format("DROP LANGUAGE {};", language.name);
  result.find(std::move(found), gravity::medium);
}

void judge_event_trigger(const proof_facts& facts, const place& where, const owned_thing& trigger, checks& result) {
  auto found = where.about();
  const bool is_theirs = !is_superuser(facts, trigger.owner);
  if (!is_theirs) found.says = verdict::advice;
  found.text = fmt::format("event trigger {} of database \"{}\" runs a function of \"{}\" as whoever changes a schema",
                           trigger.name, where.found().name, trigger.owner);
  found.statement = fmt::format("DROP EVENT TRIGGER {};", trigger.name);
  result.find(std::move(found), is_theirs ? gravity::critical : gravity::low);
}

}  // namespace

judgement replication_of_data(const proof_facts& facts, const probe& self) {
  checks result{self};
  for_each_place(facts, [&](const place& where) {
    if (where.declared() == nullptr) return;
    result.count();
    for (const auto& one : where.security().publications) {
      auto found = where.about();
      found.text = fmt::format("publication {} offers every table of database \"{}\"", one.name, where.found().name);
      found.detail = fmt::format("it belongs to \"{}\"", one.owner);
      found.statement = fmt::format("DROP PUBLICATION {};", one.name);
      result.find(std::move(found));
    }
    for (const auto& one : where.security().event_triggers) judge_event_trigger(facts, where, one, result);
  });
  if (!facts.observed().security) return result.done();
  for (const auto& one : facts.observed().security->subscriptions) {
    const auto* declared = facts.declared_database(one.database);
    if (declared == nullptr || declared->is_registry) continue;
    const auto name = quote_identifier(one.name);
    result.count();
    result.find(
        {.service = declared->from.service,
         .database = one.database,
         .text = fmt::format("subscription \"{}\" writes into database \"{}\" from elsewhere", one.name, one.database),
         .detail = fmt::format("it belongs to \"{}\"", one.owner),
         .statement = fmt::format("ALTER SUBSCRIPTION {0} DISABLE; ALTER SUBSCRIPTION {0} SET (slot_name = "
                                  "NONE); DROP SUBSCRIPTION {0};",
                                  name),
         .where = declared->from.where});
  }
  return result.done();
}

judgement untrusted_code(const proof_facts& facts, const probe& self) {
  checks result{self};
  for_each_place(facts, [&](const place& where) {
    if (where.declared() == nullptr) return;
    result.count();
    for (const auto& one : where.security().languages) judge_language(where, one, result);
    for (const auto& one : where.security().objects) {
      if (one.kind == 'f' && !one.language.empty()) judge_untrusted_function(facts, where, one, result);
    }
  });
  return result.done();
}

judgement superusers_functions(const proof_facts& facts, const probe& self) {
  checks result{self};
  for_each_place(facts, [&](const place& where) {
    result.count();
    for (const auto& one : where.security().objects) {
      if (!one.is_security_definer || one.is_of_extension || one.schema.value == "pg_catalog") continue;
      if (is_superuser(facts, one.owner)) judge_superuser_s_function(where, one, result);
    }
  });
  return result.done();
}

}  // namespace innkeeper::probe_rows
