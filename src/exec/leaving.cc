#include "exec/leaving.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/globals_sql.h"
#include "core/loans.h"
#include "exec/dump.h"
#include "exec/error.h"
#include "exec/executor.h"
#include "exec/ordered_steps.h"
#include "exec/registry.h"
#include "exec/secret_store.h"
#include "exec/service_places.h"
#include "pg/catalog.h"
#include "pg/leaving_facts.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;

constexpr int most_looks = 5;  // sessions may begin until the door is closed

// pg_dump reads as the owner, so a plain admin may become that role meanwhile. Where a run is killed in between, it
// goes with the role, or the next apply takes it back.
class loan_for_a_dump {
 public:
  loan_for_a_dump(const server_access& access, std::optional<loan> needed)
      : access_{access}, needed_{std::move(needed)} {
    if (needed_) run(borrowing_sql(*needed_));
  }
  loan_for_a_dump(const loan_for_a_dump&) = delete;
  loan_for_a_dump& operator=(const loan_for_a_dump&) = delete;
  ~loan_for_a_dump() {
    try {
      if (needed_) run(returning_sql(*needed_));
    } catch (const pg::error&) {
      return;  // the server is gone; as after a kill
    }
  }

 private:
  void run(const std::string& statement) const {
    pg::connection::open(access_.admin, {.application_name = "innkeeper dump"}).query(statement);
  }

  const server_access& access_;
  std::optional<loan> needed_;
};

class departure {
 public:
  departure(leaving_kind kind, const std::string& service, const estate& all, const server_access& access,
            const leaving_options& options, const event_sink& tell)
      : kind_{kind},
        service_{service},
        all_{all},
        access_{access},
        options_{options},
        tell_{tell},
        lock_{access, all.name, options.lock_timeout, tell},
        audit_{access, all.name, tell} {
    report_.service = service;
    report_.server = access.server->name;
  }

  leaving_report run() {
    if (kind_ == leaving_kind::prune) sweep_unfinished(access_, dumps_directory(all_), service_);
    for (int look = 0; look < most_looks; ++look) {
      const auto view = look_at_leaving(all_, access_);
      const auto* one = view.find(service_);
      if (one == nullptr) break;  // nothing left of it
      report_.database = one->database;
      log_ins_.insert(log_ins_.end(), one->log_ins.begin(), one->log_ins.end());
      log_ins_.insert(log_ins_.end(), one->pruned_roles.begin(), one->pruned_roles.end());
      const auto plan = preview_leaving(kind_, view, *one, access_);
      report_.attentions = plan.attentions;
      report_.problems = plan.problems;
      if (has_errors(plan.problems) || plan.steps.empty()) break;
      if (kind_ == leaving_kind::prune) dump(view, *one);
      run_steps(plan.steps);
      if (kind_ == leaving_kind::prune) break;  // what a second look finds is another prune's
    }
    if (!has_errors(report_.problems)) {
      if (kind_ == leaving_kind::prune) forget_secrets();
      if (report_.steps > 0) audit_.finish_leaving(true, report_.steps);
    }
    return std::move(report_);
  }

 private:
  void run_steps(const std::vector<step>& steps) {
    try {
      report_.steps += run_in_order(steps, access_, audit_, tell_);
    } catch (const error&) {
      audit_.finish_leaving(false, report_.steps);
      throw;
    }
  }

  void dump(const leaving_view& view, const service_footprint& one) {
    if (!needs_dump(one, view.observed)) return;
    const auto programs = find_client_programs(options_.programs, view.observed.can.major);
    const auto roles = roles_to_drop(one, view.observed);
    const bool is_whole = one.same_database.empty();
    std::string creation_options;
    if (is_whole) {
      auto maintenance = pg::connection::open(access_.admin, {.application_name = "innkeeper dump"});
      creation_options = pg::creation_options(maintenance, one.database);
    }
    const dump_request asked{.can = view.observed.can,
                             .estate = all_.name,
                             .service = service_,
                             .database = one.database,
                             .schema = is_whole ? schema_name{} : one.schema,
                             .as = view.observed.can.must_assume_owner ? one.owner : role_name{},
                             .globals = print_globals(one, roles, view.observed, creation_options),
                             .log_ins = one.log_ins,
                             .directory = dumps_directory(all_)};
    const auto start = std::chrono::steady_clock::now();
    const auto note = [&](const std::string& failure) {
      audit_.note(service_, "dump", fmt::format("database {}: dump, and try it", one.database),
                  std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start),
                  failure);
    };
    try {
      const loan_for_a_dump membership{access_, loan_to_become(view.observed, asked.as)};
      report_.dump = make_verified_dump(asked, access_, programs, tell_).folder;
      note({});
    } catch (const std::exception& failure) {
      note(failure.what());
      audit_.finish_leaving(false, report_.steps);
      throw;
    }
  }

  // Last, and only those of log-ins that are gone: the dump's globals hold what opens them again.
  void forget_secrets() {
    for (const auto& one : find_dumps(dumps_directory(all_), service_)) {
      log_ins_.insert(log_ins_.end(), one.log_ins.begin(), one.log_ins.end());
    }
    auto maintenance = pg::connection::open(access_.admin, {.application_name = "innkeeper leaving"});
    const auto observed = pg::observe_shared(maintenance);
    const auto desired = derive_desired(all_, *access_.server);
    secret_store store{all_.secrets_directory};
    clear_places(all_, access_.server->name, tell_, service_);
    for (const auto& name : log_ins_) {
      const bool is_there = std::ranges::find(observed.roles, name, &observed_role::name) != observed.roles.end();
      const bool is_wanted = std::ranges::find(desired.roles, name, &desired_role::name) != desired.roles.end();
      if (!is_there && !is_wanted) store.remove(access_.server->name, name);
    }
  }

  const leaving_kind kind_;
  const std::string& service_;
  const estate& all_;
  const server_access& access_;
  const leaving_options& options_;
  const event_sink& tell_;
  const server_lock lock_;
  audit_trail audit_;
  std::vector<role_name> log_ins_;
  leaving_report report_;
};

}  // namespace

const service_footprint* leaving_view::find(const std::string& service) const {
  const auto found = std::ranges::find(every, service, &service_footprint::service);
  return found == every.end() ? nullptr : &*found;
}

leaving_view look_at_leaving(const estate& all, const server_access& access) {
  leaving_view view;
  {
    auto maintenance = pg::connection::open(access.admin, {.application_name = "innkeeper leaving"});
    view.observed = pg::observe_shared(maintenance);
  }
  auto memory = read_registry(access, all.name);
  view.observed.pairs = std::move(memory.pairs);
  view.every = footprints_on(all, *access.server, view.observed, memory.objects);
  return view;
}

leaving_plan preview_leaving(leaving_kind kind, const leaving_view& view, const service_footprint& one,
                             const server_access& access) {
  switch (kind) {
    case leaving_kind::retire:
      return plan_retire(one, view.observed, utc_now());
    case leaving_kind::revive:
      return plan_revive(one, view.observed);
    case leaving_kind::prune:
      break;
  }
  auto maintenance = pg::connection::open(access.admin, {.application_name = "innkeeper leaving"});
  const bool is_whole = one.same_database.empty();
  prune_facts facts{.dependencies = pg::observe_role_dependencies(maintenance, roles_to_drop(one, view.observed),
                                                                  is_whole ? one.database : database_name{})};
  if (is_whole) facts.blockers = pg::observe_drop_blockers(maintenance, one.database);
  return plan_prune(one, view.every, view.observed, facts);
}

leaving_report leave(leaving_kind kind, const std::string& service, const estate& all, const server_access& access,
                     const leaving_options& options, const event_sink& tell) {
  return departure{kind, service, all, access, options, tell}.run();
}

fs::path dumps_directory(const estate& all) {
  return all.directory / ".innkeeper" / "dumps";
}

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::now()));
}

}  // namespace innkeeper::exec
