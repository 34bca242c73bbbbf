#include "exec/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "core/step_sql.h"
#include "exec/error.h"
#include "exec/lock_watch.h"
#include "exec/parallel.h"
#include "exec/service_places.h"
#include "pg/advisory_lock.h"
#include "pg/catalog.h"
#include "pg/own_role.h"

namespace innkeeper::exec {
namespace {

using clock = std::chrono::steady_clock;

std::chrono::milliseconds since(clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - start);
}

std::int64_t runner_key() {
  return pg::lock_key("innkeeper: one runner a server");
}
std::int64_t worker_key() {
  return pg::lock_key("innkeeper: workers of a runner");
}
std::int64_t database_key() {
  return pg::lock_key("innkeeper: changes inside a database");
}

constexpr int places_at_once = 4;
constexpr std::size_t steps_per_transaction = 500;  // far below the lock table's size

std::string application_name(const std::string& estate) {
  // The server cuts at 63 bytes.
  return fmt::format("innkeeper apply {} {}", estate, who_am_i()).substr(0, 63);
}

exit_code code_of(const pg::error& failed) {
  if (failed.is_not_permitted()) return exit_code::not_permitted;
  return failed.may_retry() || failed.is_race() ? exit_code::may_retry : exit_code::failed;
}

// What the server's words leave open.
std::string own_hint(const step& one, const pg::error& failed) {
  const bool is_policy = failed.sqlstate() == "22023" || failed.sqlstate() == "28000";
  if (!needs_secret_of(one).empty() && is_policy) {
    return fmt::format(
        "The server may refuse passwords that come hashed, as all of ours do, because servers log statements. Allow "
        "hashed ones, or set this one by hand, over TLS: `innkeeper secret show` prints it. Apply then finds it right "
        "(role \"{}\").",
        needs_secret_of(one));
  }
  return {};
}

std::string text_of(const step& one, const pg::error& failed) {
  const auto& facts = failed.facts();
  const std::string place = to_string(one.from.where);
  std::string text = fmt::format("{}{}could not run \"{}\"\n  detail: {} [{}]", place, place.empty() ? "" : ": ",
                                 describe(one), facts.primary, facts.sqlstate);
  if (!facts.detail.empty()) text += fmt::format("\n  detail: {}", facts.detail);
  if (!facts.hint.empty()) text += fmt::format("\n  hint: {}", facts.hint);
  if (const auto hint = own_hint(one, failed); !hint.empty()) text += fmt::format("\n  hint: {}", hint);
  return text;
}

using step_list = std::vector<const step*>;

class runner {
 public:
  runner(const server_plan& planned, const estate& all, const apply_options& options, audit_trail& audit,
         const event_sink& tell)
      : planned_{planned}, all_{all}, store_{store_of(all)}, options_{options}, audit_{audit}, tell_{tell} {
    for (const auto& one : planned.desired.databases) services_.emplace(one.name, &one.services);
  }

  execution run() {
    sort_steps();
    make_secrets();
    write_secrets();
    auto maintenance = open(planned_.access.admin.database);
    set_parameters(maintenance);
    run_server_steps(maintenance);
    parallel_for(databases_.size(), options_.jobs, [&](std::size_t i) { run_database(databases_[i]); });
    run_in(maintenance, closing_, std::nullopt);
    return std::move(result_);
  }

 private:
  struct database_work {
    database_name name;
    step_list around;
    step_list inside;
  };

  void sort_steps() {
    std::map<database_name, std::size_t> index;
    const auto work_for = [&](const database_name& name) -> database_work& {
      const auto [at, is_new] = index.try_emplace(name, databases_.size());
      if (is_new) databases_.push_back({name, {}, {}});
      return databases_[at->second];
    };
    for (const auto& one : planned_.steps.steps) {
      switch (one.scope) {
        case step_scope::place:
          places_.push_back(&one);
          break;
        case step_scope::server:
          (is_transactional(one) ? server_ : parameters_).push_back(&one);
          break;
        case step_scope::around:
          work_for(one.database).around.push_back(&one);
          break;
        case step_scope::inside:
          work_for(one.database).inside.push_back(&one);
          break;
        case step_scope::closing:
          closing_.push_back(&one);
          break;
      }
    }
  }

  // Sink first, then server: a run that is cut off between the two finds the secret and sets it.
  void make_secrets() {
    std::vector<role_name> roles;
    for (const auto* one : server_) {
      if (auto role = needs_secret_of(*one); !role.empty()) roles.push_back(std::move(role));
    }
    std::vector<secret> verifiers(roles.size());
    std::vector<std::optional<error>> problems(roles.size());
    parallel_for(roles.size(), static_cast<int>(std::max(2U, std::thread::hardware_concurrency())), [&](std::size_t i) {
      try {
        verifiers[i] = verifier_for(roles[i]);
      } catch (const error& failed) {
        problems[i] = failed;
      }
    });
    std::map<role_name, error> failed;
    for (std::size_t i = 0; i < roles.size(); ++i) {
      if (problems[i]) {
        failed.emplace(roles[i], *problems[i]);
      } else {
        verifiers_[roles[i]] = verifiers[i];
      }
    }
    leave_out(failed);
  }

  // A password that can't be kept is its service's trouble, not its neighbours'.
  void leave_out(const std::map<role_name, error>& failed) {
    std::erase_if(server_, [&](const step* one) {
      const auto problem = failed.find(needs_secret_of(*one));
      if (problem == failed.end()) return false;
      record_failure(*one, std::nullopt,
                     fmt::format("{}\n  detail: {}", problem->second.what(), problem->second.detail()),
                     problem->second.code());
      return true;
    });
  }

  secret verifier_for(const role_name& role) {
    auto entry = store_.read_or_create(planned_.desired.name, role);
    if (entry.state != stored_state::present) {
      throw error{exit_code::invalid, fmt::format("password of \"{}\" can't be kept", role), entry.problem};
    }
    return entry.value.verifier;
  }

  // What can't be written keeps its service's log-in from being made or changed: no application could know.
  void write_secrets() {
    std::map<std::string_view, const service_declaration*> services;
    for (const auto& one : all_.services) services.emplace(one.name, &one);
    const auto pairs = pairs_on(all_, *planned_.access.server, planned_.observed);
    parallel_for(places_.size(), places_at_once, [&](std::size_t i) {
      const step& one = *places_[i];
      if (has_failed(one.from.service)) return;
      tell_step(event_kind::step_begun, one);
      const auto start = clock::now();
      try {
        const auto& service = *services.at(one.from.service);
        (void)write_places(all_, store_, service, service_conninfo(store_, service, planned_.access, pairs),
                           overwrites_secrets_of(options_.policy, service.name),
                           std::get<steps::write_secret>(one.what).place);
        record_success(one, since(start));
      } catch (const error& failed) {
        record_failure(one, std::nullopt, whole_text(failed), failed.code());
      }
    });
  }

  pg::connection open(const database_name& database) {
    conninfo target = planned_.access.admin;
    target.database = database;
    pg::connect_options connect;
    connect.application_name = application_name(all_.name);
    connect.lock_timeout = options_.object_timeout;
    return pg::connection::open(target, connect);
  }

  // A worker keeps its session in the maintenance database from one database to the next; a broken one is not kept.
  pg::connection take_worker() {
    {
      const std::lock_guard lock{guard_};
      if (!idle_workers_.empty()) {
        auto session = std::move(idle_workers_.back());
        idle_workers_.pop_back();
        return session;
      }
    }
    auto session = open(planned_.access.admin.database);
    if (!pg::take_lock(session, worker_key(), pg::lock_mode::shared, options_.lock_timeout, [](const auto&) {})) {
      throw error{exit_code::locked, "another runner is waiting for this one's workers to end"};
    }
    return session;
  }

  void keep_worker(pg::connection session) {
    const std::lock_guard lock{guard_};
    idle_workers_.push_back(std::move(session));
  }

  void set_parameters(pg::connection& maintenance) {
    for (const auto* one : parameters_) run_one(maintenance, *one);
    if (!parameters_.empty()) maintenance.query("SELECT pg_catalog.pg_reload_conf();");
  }

  // Roles of many services share a transaction; when it fails, each service gets its own.
  void run_server_steps(pg::connection& maintenance) {
    for (std::size_t start = 0; start < server_.size();) {
      std::size_t end = std::min(server_.size(), start + steps_per_transaction);
      const step_list batch{server_.begin() + static_cast<std::ptrdiff_t>(start),
                            server_.begin() + static_cast<std::ptrdiff_t>(end)};
      run_in(maintenance, batch, std::nullopt);
      start = end;
    }
  }

  void run_database(const database_work& work) {
    const step& first = work.around.empty() ? *work.inside.front() : *work.around.front();
    try {
      if (run_around(work) && !work.inside.empty()) run_inside(work);
      if (work.name == registry_database) audit_.begin();
      audit_.flush_full_batch();
    } catch (const pg::error& failed) {
      record_failure(first, failed, work.name);
    } catch (const error& failed) {
      record_failure(first, work.name, fmt::format("{}\n  detail: {}", failed.what(), failed.detail()), failed.code());
    }
    tell_database_done(work);
  }

  // False where the database could not be made: then there is nothing to go into.
  bool run_around(const database_work& work) {
    if (work.around.empty()) return true;
    auto maintenance = take_worker();
    step_list rest = work.around;
    bool is_made = true;
    if (!is_transactional(*rest.front())) {
      is_made = run_one(maintenance, *rest.front(), work.name);
      rest.erase(rest.begin());
    }
    if (is_made) run_in(maintenance, rest, work.name);
    keep_worker(std::move(maintenance));
    return is_made;
  }

  void run_inside(const database_work& work) {
    auto inside = open(work.name);
    if (planned_.observed.can.has_log_in_triggers) pg::require_own_role(inside);
    const bool locked = pg::take_lock(inside, database_key(), pg::lock_mode::exclusive, options_.lock_timeout,
                                      [&](const std::string& holder) {
                                        tell({.kind = event_kind::waiting,
                                              .subject = "database " + work.name.value,
                                              .text = "another session is changing it: " + holder});
                                      });
    if (!locked) {
      throw error{exit_code::locked, fmt::format("database \"{}\" is being changed by another session", work.name)};
    }
    run_in(inside, work.inside, work.name);
    auto traces = pg::observe_own_traces(inside);
    auto contents = pg::observe_contents(inside);
    const std::lock_guard lock{guard_};
    result_.seen[work.name] = {std::move(traces), std::move(contents)};
  }

  // One transaction and one round trip for all; when that fails, step by step, each in its own.
  void run_in(pg::connection& session, const step_list& asked, const std::optional<database_name>& database) {
    step_list todo;
    for (const auto* one : asked) {
      if (!has_failed(one->from.service)) todo.push_back(one);
    }
    if (todo.empty()) return;
    if (!options_.one_by_one && todo.size() > 1 && run_together(session, todo)) return;
    for (const auto* one : todo) {
      if (has_failed(one->from.service)) continue;
      if (!run_one(session, *one, database) && one->from.service.empty() && database) return;
    }
  }

  bool run_together(pg::connection& session, const step_list& todo) {
    for (const auto* one : todo) tell_step(event_kind::step_begun, *one);
    const auto verifier_of = [&](const step& one) { return find_verifier(one); };
    const std::string sql = "BEGIN;\n" + to_sql(todo, verifier_of) + "\nCOMMIT;";
    const std::string shown = "BEGIN;\n" + shown_sql(todo) + "\nCOMMIT;";
    const auto start = clock::now();
    try {
      session.query(sql, shown);
    } catch (const pg::error& failed) {
      if (failed.connection_is_lost()) throw;
      session.query("ROLLBACK;");
      return false;
    }
    const auto each = since(start) / static_cast<int>(todo.size());
    for (const auto* one : todo) record_success(*one, each);
    return true;
  }

  bool run_one(pg::connection& session, const step& one, const std::optional<database_name>& database = {}) {
    tell_step(event_kind::step_begun, one);
    const auto start = clock::now();
    constexpr int most_tries = 5;
    std::optional<lock_watch> watch;
    for (int tries = 1;; ++tries) {
      try {
        if (is_transactional(one)) {
          session.query("BEGIN;\n" + sql_of(one) + "\nCOMMIT;", shown_sql(one));
        } else {
          session.query(sql_of(one), shown_sql(one));
        }
        record_success(one, since(start));
        return true;
      } catch (const pg::error& failed) {
        if (failed.connection_is_lost()) throw;
        if (session.in_transaction()) session.query("ROLLBACK;");
        if (failed.sqlstate() == "55P03") {
          if (watch) {
            record_failure(one, with_holders(failed, watch->holders()), database);
            return false;
          }
          // Once more, to see who is in the way.
          watch.emplace(planned_.access, session.backend_pid());
          continue;
        }
        const bool again = failed.may_retry() || failed.sqlstate() == "XX000";
        if (again && failed.is_race() == (failed.sqlstate() == "XX000") && tries < most_tries) {
          std::this_thread::sleep_for(std::chrono::milliseconds{20 * tries});
          continue;
        }
        record_failure(one, failed, database);
        return false;
      }
    }
  }

  static pg::error with_holders(const pg::error& failed, const std::string& holders) {
    auto facts = failed.facts();
    if (holders.empty()) return failed;
    facts.detail = fmt::format("it is held by {}", holders);
    facts.hint = "End that session, or wait for it, and run apply again: it resumes here.";
    return pg::error{std::move(facts)};
  }

  std::optional<secret> find_verifier(const step& one) {
    const auto role = needs_secret_of(one);
    return role.empty() ? std::nullopt : std::optional{verifiers_.at(role)};
  }

  std::string sql_of(const step& one) { return to_sql(one, find_verifier(one)); }

  void record_success(const step& one, std::chrono::milliseconds duration) {
    {
      const std::lock_guard lock{guard_};
      ++result_.steps_done;
      touch(one);
    }
    audit_.add(one, duration, {});
    tell_step(event_kind::step_done, one, duration);
  }

  // Under guard_. What a database's services share counts for each of them.
  void touch(const step& one) {
    if (!one.from.service.empty()) {
      result_.touched.insert(one.from.service);
      return;
    }
    for (const auto& name : services_of(one.database)) result_.touched.insert(name);
  }

  [[nodiscard]] const std::vector<std::string>& services_of(const database_name& database) const {
    static const std::vector<std::string> none;
    const auto found = services_.find(database);
    return found == services_.end() ? none : *found->second;
  }

  void record_failure(const step& one, const pg::error& failed, const std::optional<database_name>& database) {
    if (failed.is_race()) {
      const std::lock_guard lock{guard_};
      result_.met_a_race = true;
    }
    audit_.add(one, std::chrono::milliseconds{0}, fmt::format("{} [{}]", failed.facts().primary, failed.sqlstate()));
    record_failure(one, database, text_of(one, failed), code_of(failed));
  }

  // The first failure of each service that the step was for.
  void record_failure(const step& one, const std::optional<database_name>& database, const std::string& text,
                      exit_code code) {
    {
      const std::lock_guard lock{guard_};
      std::vector<std::string> services;
      if (!one.from.service.empty()) {
        services.push_back(one.from.service);
      } else if (database) {
        services = services_of(*database);
      }
      if (services.empty()) services.emplace_back();
      for (const auto& service : services) {
        if (failed_.insert(service).second) result_.failures.push_back({service, text, code});
      }
    }
    tell({.kind = event_kind::step_failed, .service = one.from.service, .subject = subject_of(one), .text = text});
  }

  bool has_failed(const std::string& service) {
    const std::lock_guard lock{guard_};
    return !service.empty() && failed_.contains(service);
  }

  void tell_step(event_kind kind, const step& one, std::chrono::milliseconds duration = {}) {
    tell({.kind = kind,
          .service = one.from.service,
          .subject = subject_of(one),
          .text = describe(one),
          .duration = duration});
  }

  void tell_database_done(const database_work& work) {
    for (const auto& name : services_of(work.name)) {
      const bool failed = has_failed(name);
      tell({.kind = failed ? event_kind::service_failed : event_kind::service_done, .service = name});
    }
  }

  void tell(event one) {
    const std::lock_guard lock{guard_};
    one.server = planned_.desired.name;
    one.done = result_.steps_done;
    one.total = static_cast<int>(planned_.steps.steps.size());
    tell_(one);
  }

  const server_plan& planned_;
  const estate& all_;
  secret_store store_;
  const apply_options& options_;
  audit_trail& audit_;
  const event_sink& tell_;
  std::map<database_name, const std::vector<std::string>*> services_;
  step_list places_;
  step_list parameters_;
  step_list server_;
  std::vector<database_work> databases_;
  step_list closing_;
  std::map<role_name, secret> verifiers_;
  std::mutex guard_;
  std::vector<pg::connection> idle_workers_;
  std::set<std::string> failed_;
  execution result_;
};

pg::connection open_lock_session(const server_access& access, const std::string& estate) {
  pg::connect_options connect;
  connect.application_name = application_name(estate);
  return pg::connection::open(access.admin, connect);
}

}  // namespace

server_lock::server_lock(const server_access& access, const std::string& estate, std::chrono::seconds timeout,
                         const event_sink& tell)
    : session_{open_lock_session(access, estate)} {
  std::string last = "another session";
  const auto waiting = [&](const std::string& holder) {
    last = holder;
    tell({.kind = event_kind::note, .server = access.server->name, .text = "another runner is at work: " + holder});
  };
  for (const auto key : {runner_key(), worker_key()}) {
    if (pg::take_lock(session_, key, pg::lock_mode::exclusive, timeout, waiting)) continue;
    throw error{exit_code::locked, fmt::format("server \"{}\" is locked by another runner", access.server->name), last,
                "Wait for it to end, or give a longer --advisory-wait."};
  }
  // Held only to see that no orphan is left; our own workers share it from now on.
  pg::release_lock(session_, worker_key(), pg::lock_mode::exclusive);
}

execution run_steps(const server_plan& planned, const estate& all, const apply_options& options, audit_trail& audit,
                    const event_sink& tell) {
  return runner{planned, all, options, audit, tell}.run();
}

}  // namespace innkeeper::exec
