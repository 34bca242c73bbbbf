#include "exec/attempts.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "exec/log_in_key.h"
#include "exec/neighbour_sessions.h"
#include "exec/parallel.h"
#include "exec/random.h"
#include "exec/session_attempt.h"
#include "pg/connection.h"

namespace innkeeper::exec {
namespace {

using clock = std::chrono::steady_clock;

// Spaces out what several threads begin.
class pacer {
 public:
  explicit pacer(int per_second) : gap_{std::chrono::microseconds{1'000'000 / std::max(1, per_second)}} {}

  void wait() {
    clock::time_point turn;
    {
      const std::lock_guard lock{guard_};
      turn = std::max(clock::now(), next_);
      next_ = turn + gap_;
    }
    std::this_thread::sleep_until(turn);
  }

 private:
  std::mutex guard_;
  clock::time_point next_;
  clock::duration gap_;
};

// What a service may have set for its own sessions would spoil ours or their answers. Not pinned: the role it starts
// as.
constexpr std::string_view pinned_settings =
    "-c search_path=pg_catalog,pg_temp -c statement_timeout=5000 -c lock_timeout=2000 "
    "-c idle_in_transaction_session_timeout=0 -c default_transaction_read_only=off "
    "-c default_transaction_isolation=read\\ committed -c client_min_messages=warning "
    "-c standard_conforming_strings=on -c transform_null_equals=off -c check_function_bodies=on "
    "-c default_tablespace= -c temp_tablespaces= -c default_table_access_method=heap -c row_security=on";

// What all of them share. Lives as long as they do.
struct provers {
  const estate& declared;
  const server_access& access;
  const secret_store& store;
  pacer pace;
  secret wrong_password;
  std::vector<std::vector<endpoint>> roads;
};

pg::connect_options connect_options_of_proof() {
  pg::connect_options options;
  options.kind = pg::session_kind::service;
  options.application_name = "innkeeper-prove";
  return options;
}

conninfo plain_target(const provers& all, const role_name& user, const database_name& database, std::size_t road) {
  conninfo target{.endpoints = all.roads[std::min(road, all.roads.size() - 1)],
                  .user = user,
                  .database = database,
                  .parameters = parameters_for_others(all.access)};
  target.parameters["passfile"] = "/dev/null/none";
  target.parameters["options"] = pinned_settings;
  return target;
}

// A busy server is asked again: it neither let us in nor refused.
pg::connection enter(provers& all, const conninfo& target, int tries_left = 4) {
  for (;; --tries_left) {
    all.pace.wait();
    try {
      return pg::connection::open(target, connect_options_of_proof());
    } catch (const pg::error& failure) {
      if (tries_left == 0 || failure.sqlstate() != "53300") throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{250});
  }
}

log_in_key key_of(const provers& all, const role_name& log_in) {
  return read_log_in_key(all.store, all.access.server->name, log_in,
                         kind_of_log_in(all.declared, all.access.server->name, log_in));
}

pg::connection enter_as_neighbour(provers& all, const neighbour& whose) {
  const auto key = key_of(all, whose.log_in);
  if (!key.is_there()) throw pg::error{{.sqlstate = "28P01", .primary = key.problem}};
  auto target = plain_target(all, whose.log_in, whose.database, 0);
  show_key(key, target);
  return enter(all, target);
}

// Everything that one log-in tries, one thing after the other.
class prover {
 public:
  prover(provers& all, neighbour_sessions& beside, const attempt_plan& plan, const agenda& asked)
      : all_{all}, beside_{beside}, plan_{plan}, asked_{asked} {}

  std::vector<visit_answers> run() {
    key_ = key_of(all_, asked_.log_in);
    const std::string problem = key_.problem;
    std::vector<visit_answers> answers;
    bool goes_on = key_.is_there();
    for (const auto& each : asked_.visits) {
      if (!goes_on) {
        answers.push_back({std::vector<outcome>(each.attempts.size(), outcome{.problem = problem}), {}});
        continue;
      }
      answers.push_back(pay(each));
      if (each.way_in().is_control && !answers.back().attempts.front().worked) goes_on = false;
    }
    return answers;
  }

 private:
  visit_answers pay(const visit& where) {
    if (!where.way_in().takes_all_of.empty()) return {{crowd_out(where.way_in())}, {}};
    visit_answers answers;
    answers.attempts.resize(where.attempts.size());
    try {
      auto target = target_of(where.way_in());
      if (!target) {
        answers.attempts.front().problem = "PGPASSWORD is set, and libpq would use it";
        return answers;
      }
      auto session = enter(all_, *target);
      try_all(session, where.attempts, answers.attempts);
      if (const auto* inside = plan_.behind(where)) {
        answers.inside.resize(inside->size());
        try_all(session, *inside, answers.inside);
      }
    } catch (const pg::error& failure) {
      answers.attempts.front() = answer_of(failure, false);
    }
    return answers;
  }

  // std::nullopt where libpq would send another password than the one to try.
  [[nodiscard]] std::optional<conninfo> target_of(const attempt& way) const {
    const auto& user = way.enters_as.empty() ? asked_.log_in : way.enters_as;
    auto target = plain_target(all_, user, way.database, way.road);
    switch (way.with) {
      case credential::own:
        show_key(key_, target);
        break;
      case credential::wrong:
        target.password = all_.wrong_password;
        break;
      case credential::empty:
        if (std::getenv("PGPASSWORD") != nullptr) return std::nullopt;
        break;
      case credential::name:
        target.password = secret{user.value};
        break;
    }
    if (way.through != door_kind::database) {
      target.parameters["replication"] = way.through == door_kind::replication ? "true" : "database";
      target.parameters.erase("options");
    }
    return target;
  }

  void try_all(pg::connection& session, const std::vector<attempt>& attempts, std::vector<outcome>& answers) {
    const auto pid = [&] { return beside_.pid_of(*asked_.next_door); };
    for (std::size_t i = 0; i < attempts.size(); ++i) {
      if (attempts[i].is_door()) {
        answers[i] = {.tried = true, .entered = true, .worked = true};
        continue;
      }
      answers[i] = try_in_session(session, attempts[i], asked_.identities, pid);
      if (answers[i].sqlstate.starts_with("08") || answers[i].sqlstate.starts_with("57P")) break;
    }
  }

  // Takes every connection that this log-in gets, lets the other one in meanwhile, and gives all back.
  outcome crowd_out(const attempt& one) {
    constexpr int more_than_any_server_has = 10'000;
    auto target = plain_target(all_, asked_.log_in, one.takes_all_of, 0);
    show_key(key_, target);
    const neighbour victim{one.enters_as, one.database};
    try {
      (void)enter_as_neighbour(all_, victim);
    } catch (const pg::error& failure) {
      return {.problem =
                  fmt::format("log-in \"{}\" doesn't get in as it is: {}", victim.log_in, failure.facts().primary)};
    }
    std::vector<pg::connection> taken;
    try {
      while (taken.size() < more_than_any_server_has) {
        taken.push_back(pg::connection::open(target, connect_options_of_proof()));
      }
    } catch (const pg::error& failure) {
      if (failure.sqlstate() != "53300") return answer_of(failure, false);
    }
    try {
      (void)enter_as_neighbour(all_, victim);
      return {.tried = true, .entered = true, .worked = true};
    } catch (const pg::error& failure) {
      return answer_of(failure, false);
    }
  }

  provers& all_;
  neighbour_sessions& beside_;
  const attempt_plan& plan_;
  const agenda& asked_;
  log_in_key key_;
};

std::size_t count_tried(const std::vector<visit_answers>& visits) {
  std::size_t count = 0;
  for (const auto& each : visits) {
    for (const auto* answers : {&each.attempts, &each.inside}) {
      count += static_cast<std::size_t>(std::ranges::count_if(*answers, [](const outcome& one) { return one.tried; }));
    }
  }
  return count;
}

}  // namespace

std::vector<std::vector<endpoint>> roads_to(const server_access& access) {
  if (access.endpoints.empty() || access.endpoints == access.admin.endpoints) return {access.admin.endpoints};
  return {access.endpoints, access.admin.endpoints};
}

proof_answers try_attempts(const attempt_plan& asked, const estate& declared, const server_access& access,
                           const secret_store& store, const attempt_options& options, const event_sink& tell) {
  proof_answers answers(asked.agendas.size());
  provers all{declared, access, store, pacer{options.per_second}, generate_password(), roads_to(access)};
  neighbour_sessions beside{[&](const neighbour& whose) { return enter_as_neighbour(all, whose); }};
  std::mutex telling;
  int done = 0;
  const auto attend = [&](std::size_t i) {
    const auto begun = clock::now();
    const auto& here = asked.agendas[i];
    answers[i] = prover{all, beside, asked, here}.run();
    const std::lock_guard lock{telling};
    tell({.kind = event_kind::step_done,
          .server = access.server->name,
          .subject = fmt::format("log-in {}", here.log_in),
          .text = fmt::format("{} attempts", count_tried(answers[i])),
          .duration = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begun),
          .done = ++done,
          .total = static_cast<int>(asked.agendas.size())});
  };
  const auto first_alone = std::ranges::find_if(asked.agendas, [](const agenda& one) { return one.runs_alone; });
  const auto together = static_cast<std::size_t>(first_alone - asked.agendas.begin());
  parallel_for(together, options.jobs, attend);
  beside.close();
  for (std::size_t i = together; i < asked.agendas.size(); ++i) attend(i);
  return answers;
}

}  // namespace innkeeper::exec
