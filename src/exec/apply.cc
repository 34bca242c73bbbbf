#include "exec/apply.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <set>

#include "core/leaving.h"
#include "core/password_truth.h"
#include "exec/embedded_doors.h"
#include "exec/error.h"
#include "exec/executor.h"
#include "exec/look_notes.h"
#include "exec/observe.h"
#include "exec/pooler_reload.h"
#include "exec/registry.h"
#include "exec/rotate.h"
#include "exec/service_places.h"
#include "pg/catalog.h"

namespace innkeeper::exec {
namespace {

using clock = std::chrono::steady_clock;

constexpr int most_attempts = 5;  // races with hands that don't take our lock

// Of each log-in whose password is in step: the kept verifier's.
std::map<role_name, std::string> right_passwords(const observed_server& observed, const known_secrets& secrets) {
  std::map<role_name, std::string> right;
  for (const auto& role : observed.roles) {
    const auto here = secrets.find(role.name);
    if (here == secrets.end() || truth_of(role.verifier, here->second) != password_truth::in_step) continue;
    right[role.name] = fingerprint_of(here->second.verifier);
  }
  return right;
}

std::vector<place_look> look_at_secrets(const estate& all, const server_access& access, const plan_policy& policy,
                                        log_in_trials trials, const observed_server& observed,
                                        const known_secrets& secrets) {
  auto looks =
      look_at_places(all, store_of(all), access, policy.services, trials, pairs_on(all, *access.server, observed));
  if (looks.empty()) return looks;
  std::set<role_name> doubtful;
  for (const auto& role : observed.roles) {
    const auto here = secrets.find(role.name);
    if (here == secrets.end()) continue;
    const auto truth = truth_of(role.verifier, here->second);
    const bool will_be_right =
        truth == password_truth::in_step || truth == password_truth::hash_outdated || truth == password_truth::not_set;
    if (!will_be_right) doubtful.insert(role.name);
  }
  for (auto& look : looks) look.is_in_doubt = doubtful.contains(look.user);
  return looks;
}

log_in_trials trials_of(const apply_options& options) {
  return options.how == depth::deep ? log_in_trials::strange : log_in_trials::none;
}

// The second look: the shared catalogs anew, and of the databases what their workers saw last.
plan look_again(const server_plan& ran, const execution& done, const estate& all, const server_access& access,
                const apply_options& options, observed_server& after, std::map<role_name, std::string>& right) {
  pg::connect_options connect;
  connect.application_name = "innkeeper apply";
  auto maintenance = pg::connection::open(access.admin, connect);
  after = pg::observe_shared(maintenance);
  after.available_extensions = ran.observed.available_extensions;
  after.pairs = ran.observed.pairs;
  std::map<database_name, const observed_database*> before;
  for (const auto& one : ran.observed.databases) before.emplace(one.name, &one);
  for (auto& one : after.databases) {
    const auto known = before.find(one.name);
    if (known != before.end()) one.noted = known->second->noted;
    if (const auto seen = done.seen.find(one.name); seen != done.seen.end()) {
      one.contents = seen->second.contents;
      one.traces = seen->second.traces;
    } else if (known != before.end()) {
      one.contents = known->second->contents;
      one.contents_problem = known->second->contents_problem;
      one.traces = known->second->traces;
      one.is_as_noted = known->second->is_as_noted;
    }
  }
  const secret_store store = store_of(all);
  const auto secrets =
      look_up_secrets(store, read_secrets(store, ran.desired), ran.desired, after, access, options.how);
  right = right_passwords(after, secrets);
  // Passwords that were asked to be reset are reset by now.
  plan_policy policy = options.policy;
  policy.reset_every_password = false;
  policy.reset_passwords.clear();
  policy.overwrite_every_secret = false;
  policy.overwrite_secrets.clear();
  plan left = make_plan(ran.desired, after, secrets, policy);
  plan_places(left, look_at_secrets(all, access, policy, trials_of(options), after, secrets), policy);
  if (may_have_leftovers(ran.desired, after)) note_leftovers(left, all, *access.server, after, policy);
  return left;
}

std::set<std::string> services_on(const desired_server& desired, const plan_policy& policy) {
  std::set<std::string> names;
  for (const auto& database : desired.databases) {
    for (const auto& name : database.services) {
      if (policy.services.empty() || policy.services.contains(name)) names.insert(name);
    }
  }
  return names;
}

exit_code code_of(const attention& one) {
  if (one.lacks_right) return exit_code::not_permitted;
  return one.may_retry ? exit_code::may_retry : exit_code::failed;
}

// The statement to ask for is part of what failed.
std::string failure_text(const attention& one) {
  if (!one.lacks_right) return one.text;
  const std::string in = one.database.empty() ? "" : fmt::format(" in database \"{}\"", one.database);
  return fmt::format("{}\n  hint: Have {} run{}: {}", one.text, one.who, in, one.statement);
}

void count(apply_report& report, const server_plan& ran, const apply_options& options,
           const std::set<std::string>& touched) {
  std::set<std::string> failed;
  for (const auto& one : report.failures) failed.insert(one.service);
  for (const auto& one : report.attentions) {
    if (!one.fails_service) continue;
    if (failed.insert(one.from.service).second) {
      report.failures.push_back({one.from.service, failure_text(one), code_of(one)});
    }
  }
  report.failed = static_cast<int>(failed.size());
  for (const auto& name : services_on(ran.desired, options.policy)) {
    if (failed.contains(name)) continue;
    ++(touched.contains(name) ? report.applied : report.unchanged);
  }
  for (const auto& one : report.failures) report.code = worst_of(report.code, one.code);
}

class stopwatch {
 public:
  explicit stopwatch(apply_report& report) : report_{report} {}
  ~stopwatch() { report_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - started_); }
  stopwatch(const stopwatch&) = delete;
  stopwatch& operator=(const stopwatch&) = delete;

 private:
  apply_report& report_;
  const clock::time_point started_ = clock::now();
};

// Only a start writes them, since certificates are made then, too.
void note_outdated_doors(plan& made, const estate& all, const server_access& access) {
  if (!access.is_embedded || !are_doors_outdated(all, *access.server)) return;
  made.attentions.push_back(
      {.text = fmt::format("server \"{}\" still lets log-ins in as the manifest said at its last start",
                           access.server->name),
       .statement = "innkeeper up",
       .who = "you",
       .from = {.where = access.server->where},
       .topic = "doors.outdated"});
}

server_plan look_and_plan(const estate& all, const server_access& access, const apply_options& options,
                          bool for_notes) {
  server_plan result{.access = access, .desired = derive_desired(all, *access.server)};
  const secret_store store = store_of(all);
  auto stored = std::async(std::launch::async, [&] { return read_secrets(store, result.desired); });
  auto seen = observe(access, result.desired, options.policy,
                      {.readers = options.readers, .how = options.how, .for_notes = for_notes});
  result.observed = std::move(seen.server);
  result.looks = std::move(seen.looks);
  auto secrets = stored.get();
  const auto pairs = pairs_on(all, *access.server, result.observed);
  if (!pairs.empty() || has_retired(all, *access.server, result.observed)) {
    result.desired = derive_desired(with_retired(all, *access.server, result.observed), *access.server, pairs);
    secrets = read_secrets(store, result.desired);
  }
  result.secrets = look_up_secrets(store, secrets, result.desired, result.observed, access, options.how);
  result.steps = make_plan(result.desired, result.observed, result.secrets, options.policy);
  if (!has_errors(result.steps.problems)) {
    plan_places(result.steps,
                look_at_secrets(all, access, options.policy, trials_of(options), result.observed, result.secrets),
                options.policy);
  }
  if (may_have_leftovers(result.desired, result.observed)) {
    note_leftovers(result.steps, all, *access.server, result.observed, options.policy);
  }
  note_outdated_doors(result.steps, all, access);
  return result;
}

void note(const server_plan& planned, const observed_server& after, const plan& left, const event_sink& tell) {
  if (!planned.looks.obstacle.empty()) return;
  note_looks(planned.access, looks_to_note(planned.desired, after, left), tell);
}

const observed_database* find_registry(const observed_server& observed) {
  const auto found = std::ranges::find(observed.databases, registry_database, &observed_database::name);
  return found == observed.databases.end() ? nullptr : &*found;
}

bool has_registry(const observed_server& observed) {
  const auto* registry = find_registry(observed);
  return registry != nullptr && registry->contents && registry->contents->has_registry;
}

// A run may have been cut off after its last step and before it had remembered what it made. Whoever holds the lock is
// such a run and still at it: then there is nothing to wait for.
void finish_what_was_cut_off(const estate& all, const server_access& access, const server_plan& seen,
                             const event_sink& tell) {
  const auto* registry = find_registry(seen.observed);
  if (registry == nullptr || !registry->unfinished_runs.contains(all.name)) return;
  try {
    const server_lock lock{access, all.name, std::chrono::seconds{0}, [](const event&) {}};
    audit_trail{access, all.name, tell}.finish_what_was_cut_off(seen.desired, seen.observed,
                                                                right_passwords(seen.observed, seen.secrets));
  } catch (const error& refused) {
    if (refused.code() != exit_code::locked) throw;
  }
}

// Nobody could look into a database that took no connections, and the run has opened it.
bool has_opened_unseen(const observed_server& before, const observed_server& after) {
  std::set<database_name> closed;
  for (const auto& one : before.databases) {
    if (!one.allows_connections) closed.insert(one.name);
  }
  return std::ranges::any_of(after.databases, [&](const observed_database& one) {
    return one.allows_connections && closed.contains(one.name);
  });
}

// Runs plans until nothing is left to do, at most a few times: a race asks for a second one, and so does a database
// that was closed.
void run_under_lock(const estate& all, const server_access& access, const apply_options& options,
                    const event_sink& tell, apply_report& report) {
  const server_lock lock{access, all.name, options.lock_timeout, tell};
  audit_trail audit{access, all.name, tell};
  std::set<std::string> touched;
  std::map<role_name, std::string> right;
  server_plan planned;
  observed_server after;
  bool has_run = false;
  for (int attempt = 1; attempt <= most_attempts; ++attempt) {
    planned = look_and_plan(all, access, options, true);
    report.looks = planned.looks;
    report.problems = planned.steps.problems;
    report.attentions = planned.steps.attentions;
    report.preflight = planned.steps.preflight;
    report.failures.clear();  // those of a lost race: what counts is what this look still finds to do
    if (has_errors(report.problems) || planned.steps.empty()) {
      report.left = planned.steps;
      report.left.steps.clear();
      after = planned.observed;
      break;
    }
    has_run = true;
    if (has_registry(planned.observed)) audit.begin();
    execution done = run_steps(planned, all, options, audit, tell);
    report.steps += done.steps_done;
    report.failures = std::move(done.failures);
    touched.merge(done.touched);
    report.left = look_again(planned, done, all, access, options, after, right);
    report.attentions = report.left.attentions;
    report.preflight = report.left.preflight;
    if (!done.met_a_race && !has_opened_unseen(planned.observed, after)) break;
  }
  count(report, planned, options, touched);
  if (has_run) audit.finish(report.steps, report.failed, planned.desired, after, right);
  note(planned, after, report.left, tell);
}

// Without those that poolers keep for nobody: these would hold up the closing of a former log-in for as long as the
// poolers like. Of one that doesn't answer, all count.
std::vector<observed_sessions> sessions_in_use(const estate& all, const server_plan& seen, const log_in_pairs& pairs) {
  auto sessions = seen.observed.sessions;
  std::set<std::pair<role_name, std::string>> asked;
  for (const auto& service : all.services) {
    if (service.server != seen.desired.name || service.via.empty()) continue;
    const auto found = pairs.find(service.user.value);
    if (found == pairs.end() || found->second.state != rotation_state::draining) continue;
    const auto& former = found->second.other();
    const auto is_there = [&](const observed_sessions& one) { return one.role == former && one.count > 0; };
    if (std::ranges::none_of(sessions, is_there) || !asked.emplace(former, service.via).second) continue;
    try {
      auto kept = static_cast<int>(idle_sessions_of_pooler(all, service, former).size());
      for (auto& one : sessions) {
        if (!is_there(one)) continue;
        const int less = std::min(kept, one.count);
        one.count -= less;
        kept -= less;
      }
    } catch (const error&) {
      continue;
    }
  }
  return sessions;
}

// What a rotation was cut off in, and former log-ins that may be closed by now. False where there is nothing of that.
bool resume_rotations(const server_plan& seen, const estate& all, const server_access& access,
                      const apply_options& options, const event_sink& tell, std::vector<failure>& failures) {
  if (has_errors(seen.steps.problems)) return false;
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  log_in_pairs pairs;
  for (const auto& one : seen.desired.pairs) pairs.emplace(one.now.log_in, one.now);
  if (!has_rotation_to_resume(sessions_in_use(all, seen, pairs), pairs, now)) return false;
  rotate_options how{.what = rotate_what::resume, .services = options.policy.services};
  how.lock_timeout = options.lock_timeout;
  for (const auto& one : rotate_on(all, access, how, tell).log_ins) {
    if (one.outcome == rotation_outcome::failed) failures.push_back({one.services.front(), one.text, one.code});
  }
  return true;
}

// Another machine may have changed log-ins over. The one in use is known here once its password is, be it by a place of
// the service.
void follow_turns(const std::vector<desired_pair>& turns, const server_declaration& server, const estate& all) {
  if (turns.empty()) return;
  auto store = store_of(all);
  for (const auto& one : turns) {
    const auto& pair = one.now;
    if (!pair.is_known || store.read(server.name, pair.used()).state != stored_state::present) continue;
    try {
      if (store.in_use(server.name, pair.log_in) == pair.used()) continue;
    } catch (const error&) {
      // Written anew.
    }
    try {
      store.use(server.name, pair.log_in, pair.used());
    } catch (const error&) {
      // A directory that can't be written is another hand's to keep up.
    }
  }
}

}  // namespace

server_plan plan_server(const estate& all, const server_access& access, const apply_options& options) {
  return look_and_plan(all, access, options, false);
}

apply_report apply_server(const estate& all, const server_access& access, const apply_options& options,
                          const event_sink& tell) {
  apply_report report{.server = access.server->name};
  const stopwatch watch{report};
  std::vector<failure> stopped;  // rotations
  std::vector<desired_pair> turns;
  {
    server_plan first = look_and_plan(all, access, options, true);
    if (resume_rotations(first, all, access, options, tell, stopped)) {
      first = look_and_plan(all, access, options, true);
    }
    turns = first.desired.pairs;
    follow_turns(turns, *access.server, all);
    report.looks = first.looks;
    report.problems = first.steps.problems;
    report.attentions = first.steps.attentions;
    report.preflight = first.steps.preflight;
    if (has_errors(report.problems)) {
      report.code = exit_code::invalid;
      return report;
    }
    if (first.steps.empty()) {
      report.left = first.steps;
      report.failures = stopped;
      count(report, first, options, {});
      note(first, first.observed, first.steps, tell);
      finish_what_was_cut_off(all, access, first, tell);
      return report;
    }
  }
  run_under_lock(all, access, options, tell, report);
  follow_turns(turns, *access.server, all);  // with passwords that this run has made
  for (const auto& one : stopped) report.code = worst_of(report.code, one.code);
  report.failures.insert(report.failures.end(), stopped.begin(), stopped.end());
  if (has_errors(report.problems)) report.code = exit_code::invalid;
  return report;
}

}  // namespace innkeeper::exec
