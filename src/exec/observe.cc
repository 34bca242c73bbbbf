#include "exec/observe.h"

#include <algorithm>
#include <future>
#include <map>

#include "core/password_truth.h"
#include "exec/certificate_trial.h"
#include "exec/parallel.h"
#include "pg/catalog.h"
#include "pg/connection.h"
#include "pg/security.h"

namespace innkeeper::exec {
namespace {

pg::connect_options options_for(const observe_options& options) {
  pg::connect_options connect;
  connect.application_name = options.application_name;
  return connect;
}

pg::connection open(const server_access& access, const observe_options& options, const database_name& database) {
  conninfo target = access.admin;
  target.database = database;
  return pg::connection::open(target, options_for(options));
}

bool can_be_entered(const observed_database& one) {
  return one.allows_connections && one.connection_limit != -2;
}

// `pairs`: to be read, too, in the registry.
void look_inside(const server_access& access, const observe_options& options, bool is_declared,
                 observed_database& database, std::vector<log_in_pair>* pairs = nullptr) {
  constexpr int most_tries = 2;  // a cut connection is one thing, a server that is gone another
  for (int tries = 1; tries <= most_tries; ++tries) {
    try {
      auto inside = open(access, options, database.name);
      if (is_declared) database.contents = pg::observe_contents(inside);
      if (pairs != nullptr) *pairs = pg::observe_pairs(inside);
      if (options.for_proof && options.how == depth::deep) database.security = pg::observe_security(inside);
      return;
    } catch (const pg::error& failure) {
      database.contents_problem = failure.what();
      database.contents_may_come = failure.may_retry();
      if (!failure.connection_is_lost()) return;
    }
  }
}

// Returns why there are no noted looks; "" where they could be read.
std::string look_into_registry(pg::connection& registry, observed_server& server) {
  auto seen = pg::observe_registry(registry);
  for (auto& one : server.databases) {
    if (one.name == registry_database) {
      one.contents = std::move(seen.contents);
      one.unfinished_runs = std::move(seen.unfinished_runs);
    }
    if (const auto noted = seen.looks.find(one.oid); noted != seen.looks.end()) one.noted = noted->second;
  }
  server.pairs = std::move(seen.pairs);
  return seen.obstacle;
}

struct first_look {
  observed_server server;
  std::optional<pg::connection> session;
  std::string obstacle;  // why nothing can be judged by noted looks
};

// There is none yet, or it is another admin's; a server that can't be reached would not be in another database either.
bool is_about_registry(const pg::error& failure) {
  return failure.sqlstate().starts_with("3D") || failure.sqlstate().starts_with("42") ||
         failure.sqlstate().starts_with("55");
}

// `before` is called where every wanted database will be entered, with the session that then reads the shared catalogs.
first_look look_at_shared(const server_access& access, const observe_options& options,
                          const std::function<void(pg::connection&)>& before) {
  first_look first;
  if (options.how == depth::quick) {
    try {
      first.session = open(access, options, registry_database);
      first.server = pg::observe_shared(*first.session, true);
      if (!first.server.can.is_supported) return first;
      first.obstacle = look_into_registry(*first.session, first.server);
      return first;
    } catch (const pg::error& failure) {
      if (!is_about_registry(failure)) throw;
      const bool is_yet_to_be_made = failure.sqlstate() == "3D000";
      if (!is_yet_to_be_made) first.obstacle = failure.what();
    }
  }
  first.session = pg::connection::open(access.admin, options_for(options));
  if (options.how == depth::deep) before(*first.session);
  first.server = pg::observe_shared(*first.session, options.how == depth::quick || options.for_notes);
  return first;
}

// Looks into databases while the shared catalogs are read, and whatever else the caller does meanwhile.
class early_looks {
 public:
  void start(const server_access& access, const observe_options& options, const std::set<database_name>& wanted,
             const std::vector<database_name>& open) {
    for (const auto& name : open) {
      if (name != registry_database && wanted.contains(name)) found_.emplace_back().name = name;
    }
    done_ = std::async(std::launch::async, [this, &access, options] {
      parallel_for(found_.size(), options.readers,
                   [&](std::size_t i) { look_inside(access, options, true, found_[i]); });
    });
  }

  // Throws what went wrong in a look, but for a database that can't be entered.
  void add_to(observed_server& observed) {
    if (!done_.valid()) return;
    done_.get();
    std::map<database_name, observed_database*> by_name;
    for (auto& one : found_) by_name.emplace(one.name, &one);
    for (auto& one : observed.databases) {
      const auto seen = by_name.find(one.name);
      if (seen == by_name.end() || !can_be_entered(one)) continue;  // it was closed a moment later
      one.contents = std::move(seen->second->contents);
      one.contents_problem = std::move(seen->second->contents_problem);
      one.contents_may_come = seen->second->contents_may_come;
      one.security = std::move(seen->second->security);
    }
  }

 private:
  std::vector<observed_database> found_;
  std::future<void> done_;  // last: its end is waited for before the others go
};

// With the noted looks, where they are asked for. Returns why there are none.
std::string look_into_registry_too(const server_access& access, const observe_options& options, observed_server& server,
                                   observed_database& registry) {
  if (!options.for_notes) {
    look_inside(access, options, true, registry, &server.pairs);
    return {};
  }
  try {
    auto inside = open(access, options, registry.name);
    return look_into_registry(inside, server);
  } catch (const pg::error& failure) {
    return registry.contents_problem = failure.what();
  }
}

// A session in a template is in the way of whoever copies it, and providers close their own databases to everybody.
bool is_worth_a_look(const observed_database& database) {
  static const std::set<std::string> closed{"template1", "rdsadmin", "cloudsqladmin", "azure_maintenance", "azure_sys"};
  return !database.is_template && !closed.contains(database.name.value);
}

bool misses_an_extension(const desired_server& desired, const observed_server& observed) {
  std::map<database_name, const observed_database*> found;
  for (const auto& one : observed.databases) found.emplace(one.name, &one);
  return std::ranges::any_of(desired.databases, [&](const desired_database& wanted) {
    if (wanted.extensions.empty()) return false;
    const auto here = found.find(wanted.name);
    if (here != found.end() && here->second->is_as_noted) return false;
    if (here == found.end() || !here->second->contents) return true;
    const auto& installed = here->second->contents->extensions;
    return std::ranges::any_of(wanted.extensions, [&](const desired_extension& one) {
      return std::ranges::find(installed, one.name, &observed_extension::name) == installed.end();
    });
  });
}

// Unknown where the answer says nothing about the password.
fact<bool> log_in_works(const server_access& access, const role_name& role, const secret& password,
                        const database_name& database) {
  const conninfo target{.endpoints = access.admin.endpoints,
                        .user = role,
                        .database = database,
                        .password = password,
                        .parameters = parameters_for_others(access)};
  pg::connect_options options;
  options.kind = pg::session_kind::service;
  options.application_name = "innkeeper observe";
  try {
    (void)pg::connection::open(target, options);
    return true;
  } catch (const pg::error& failure) {
    if (failure.sqlstate() == "28P01") return false;
    // Asked after the password: may it enter, is there such a database, does it take connections?
    const bool got_past =
        failure.sqlstate() == "42501" || failure.sqlstate() == "3D000" || failure.sqlstate() == "55000";
    return got_past ? fact<bool>{true} : fact<bool>{unknown_fact{}};
  }
}

struct closer_look {
  const observed_role* role;
  known_secret* here;
  secret password;
};

// By verifier where it can be read, else by a log-in; several at once, since both take their time.
void look_closer(std::vector<closer_look>& all, const desired_server& desired, const server_access& access) {
  std::map<role_name, database_name> homes;
  for (const auto& one : desired.role_settings) homes.try_emplace(one.role, one.database);
  parallel_for(all.size(), 4, [&](std::size_t i) {
    auto& [role, here, password] = all[i];
    if (role->verifier.has_value()) {
      here->fits_server = password_fits(password, role->name, role->verifier.value());
      return;
    }
    const auto home = homes.find(role->name);
    here->log_in_works =
        log_in_works(access, role->name, password, home == homes.end() ? access.admin.database : home->second);
  });
}

bool has_registry(const observed_server& observed) {
  const auto found = std::ranges::find(observed.databases, registry_database, &observed_database::name);
  return found != observed.databases.end() && found->contents && found->contents->has_registry;
}

// What the registry remembers is asked for only where a password is wrong: to say which hand it was.
void add_memory(const server_access& access, const observed_server& observed, known_secrets& known) {
  std::map<role_name, const observed_role*> roles;
  for (const auto& one : observed.roles) roles.emplace(one.name, &one);
  const bool is_needed = std::ranges::any_of(known, [&](const auto& one) {
    const auto role = roles.find(one.first);
    return role != roles.end() && truth_of(role->second->verifier, one.second) == password_truth::differs;
  });
  if (!is_needed || !has_registry(observed)) return;
  conninfo target = access.admin;
  target.database = registry_database;
  pg::connect_options options;
  options.application_name = "innkeeper observe";
  try {
    auto session = pg::connection::open(target, options);
    for (auto& [name, memory] : pg::remembered_passwords(session)) {
      if (const auto here = known.find(name); here != known.end()) here->second.remembered = std::move(memory);
    }
  } catch (const pg::error&) {
    // An older registry, or another admin's: then which hand it was is not known, and said so.
  }
}

}  // namespace

observation observe(const server_access& access, const desired_server& desired, const plan_policy& policy,
                    const observe_options& options) {
  const auto names = databases_to_look_into(desired, policy);
  const std::set<database_name> wanted{names.begin(), names.end()};
  early_looks early;
  auto first = look_at_shared(access, options, [&](pg::connection& session) {
    early.start(access, options, wanted, pg::observe_open_databases(session));
  });
  auto& observed = first.server;
  if (!observed.can.is_supported) return {std::move(observed), {.how = options.how}};
  if (options.how == depth::quick) trust_noted_looks(desired, observed);
  early.add_to(observed);
  const bool looks_for_proof = options.for_proof && options.how == depth::deep;
  std::vector<observed_database*> inside;
  observed_database* registry = nullptr;
  for (auto& one : observed.databases) {
    const bool is_for_proof = looks_for_proof && policy.services.empty() && is_worth_a_look(one);
    if (!(wanted.contains(one.name) || is_for_proof) || !can_be_entered(one)) continue;
    if (one.contents || one.is_as_noted || !one.contents_problem.empty()) continue;
    if (one.name == registry_database) registry = &one;
    inside.push_back(&one);
  }
  parallel_for(inside.size(), options.readers, [&](std::size_t i) {
    if (inside[i] == registry) {
      first.obstacle = look_into_registry_too(access, options, observed, *registry);
    } else {
      look_inside(access, options, wanted.contains(inside[i]->name), *inside[i]);
    }
  });
  if (looks_for_proof) observed.security = pg::observe_server_security(*first.session, observed.can);
  if (misses_an_extension(desired, observed)) {
    observed.available_extensions = pg::observe_available_extensions(*first.session);
  }
  auto looks = summarize_looks(desired, observed, options.how);
  looks.obstacle = std::move(first.obstacle);
  looks.security_unchecked = options.for_proof && options.how == depth::quick;
  return {std::move(observed), std::move(looks)};
}

stored_secrets read_secrets(const secret_store& store, const desired_server& desired) {
  stored_secrets all;
  for (const auto& role : desired.roles) {
    const bool has_password = role.can_login && !role.is_turning && !role.by_certificate;
    if (has_password) all.emplace(role.name, store.read(desired.name, role.name));
  }
  return all;
}

known_secrets look_up_secrets(const secret_store& store, const stored_secrets& stored, const desired_server& desired,
                              const observed_server& observed, const server_access& access, depth how) {
  std::map<role_name, const observed_role*> on_server;
  for (const auto& one : observed.roles) on_server.emplace(one.name, &one);
  known_secrets known;
  std::vector<closer_look> to_look_at;
  for (const auto& role : desired.roles) {
    if (!role.by_certificate) continue;
    const bool may_try = how == depth::deep && on_server.contains(role.name);
    known[role.name].problem = problem_of_certificate(store, desired, access, role.name, may_try);
  }
  for (const auto& [name, entry] : stored) {
    known_secret& here = known[name];
    switch (entry.state) {
      case stored_state::absent:
        break;
      case stored_state::unreadable:
        here.is = known_secret::state::unreadable;
        here.problem = entry.problem;
        break;
      case stored_state::present: {
        here.is = known_secret::state::present;
        here.verifier = entry.value.verifier;
        const auto found = on_server.find(name);
        if (found == on_server.end()) break;
        const auto& verifier = found->second->verifier;
        const bool differs = verifier.has_value() && verifier.value() != here.verifier;
        const bool may_try = how == depth::deep && verifier.is_unknown();
        if (may_try || differs) to_look_at.push_back({found->second, &here, entry.value.password});
        break;
      }
    }
  }
  look_closer(to_look_at, desired, access);
  add_memory(access, observed, known);
  return known;
}

}  // namespace innkeeper::exec
