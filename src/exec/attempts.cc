#include "exec/attempts.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

#include "exec/parallel.h"
#include "exec/random.h"
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

outcome answer_of(const pg::error& failure, bool entered) {
  return {.tried = true,
          .entered = entered,
          .sqlstate = std::string{failure.sqlstate()},
          .message = failure.facts().primary};
}

// Everything that one log-in tries, one thing after the other.
class prover {
 public:
  prover(const server_access& access, const secret_store& store, pacer& pace, secret wrong_password)
      : access_{access}, store_{store}, pace_{pace}, wrong_password_{std::move(wrong_password)} {}

  std::vector<outcome> run(const agenda& asked) {
    const auto stored = store_.read(access_.server->name, asked.log_in);
    const std::string problem = problem_of(stored, asked.log_in);
    std::vector<outcome> answers;
    bool goes_on = problem.empty();
    for (const auto& each : asked.visits) {
      if (!goes_on) {
        answers.insert(answers.end(), each.attempts.size(), outcome{.problem = problem});
        continue;
      }
      auto here = pay(each, target_of(asked.log_in, each, stored.value.password));
      for (std::size_t i = 0; i < here.size(); ++i) {
        if (each.attempts[i].is_control && answers.empty() && !here[i].worked) goes_on = false;
      }
      std::ranges::move(here, std::back_inserter(answers));
    }
    return answers;
  }

 private:
  static std::string problem_of(const secret_store::entry& stored, const role_name& log_in) {
    switch (stored.state) {
      case stored_state::present:
        return {};
      case stored_state::absent:
        return fmt::format("no password of \"{}\" is stored", log_in);
      case stored_state::unreadable:
        return stored.problem;
    }
    return {};
  }

  [[nodiscard]] conninfo target_of(const role_name& log_in, const visit& where, const secret& password) const {
    conninfo target = access_.admin;
    target.user = log_in;
    target.database = where.database;
    // What is the admin's own: its settings, its certificate, the file that may hold other passwords.
    for (const char* name : {"options", "sslcert", "sslkey", "sslpassword"}) target.parameters.erase(name);
    target.parameters["passfile"] = "/dev/null/none";
    switch (where.with) {
      case credential::own:
        target.password = password;
        break;
      case credential::wrong:
        target.password = wrong_password_;
        break;
    }
    return target;
  }

  // A busy server is asked again: it neither let us in nor refused.
  pg::connection enter(const conninfo& target) {
    pg::connect_options options;
    options.kind = pg::session_kind::service;
    options.application_name = "innkeeper-prove";
    for (int tries_left = 4;; --tries_left) {
      pace_.wait();
      try {
        return pg::connection::open(target, options);
      } catch (const pg::error& failure) {
        if (tries_left == 0 || failure.sqlstate() != "53300") throw;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{250});
    }
  }

  std::vector<outcome> pay(const visit& where, const conninfo& target) {
    std::vector<outcome> answers;
    try {
      auto session = enter(target);
      for (const auto& one : where.attempts) {
        answers.push_back(attempt_in(session, one));
        if (answers.back().sqlstate.starts_with("08") || answers.back().sqlstate.starts_with("57P")) break;
      }
    } catch (const pg::error& failure) {
      answers.push_back(answer_of(failure, false));
    }
    answers.resize(where.attempts.size());
    return answers;
  }

  static outcome attempt_in(pg::connection& session, const attempt& one) {
    outcome answer{.tried = true, .entered = true};
    if (one.statements.empty()) {
      answer.worked = true;
      return answer;
    }
    try {
      // The service may have left settings for its own sessions; these are ours, for this transaction.
      session.query(
          "BEGIN READ WRITE; SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL statement_timeout = '5s'; "
          "SET LOCAL lock_timeout = '2s'");
      for (const auto& statement : one.statements) keep_row(session.query(statement), one, answer);
      answer.worked = true;
    } catch (const pg::error& failure) {
      answer = answer_of(failure, true);
    }
    try {
      session.query("ROLLBACK");
    } catch (const pg::error& failure) {
      answer = answer_of(failure, true);
    }
    return answer;
  }

  static void keep_row(const pg::result& rows, const attempt& one, outcome& answer) {
    if (rows.empty()) return;
    answer.row.clear();
    for (std::size_t i = 0; i < one.expected_row.size(); ++i) answer.row.push_back(rows.text(0, i));
  }

  const server_access& access_;
  const secret_store& store_;
  pacer& pace_;
  secret wrong_password_;
};

}  // namespace

std::vector<std::vector<outcome>> try_agendas(const std::vector<agenda>& agendas, const server_access& access,
                                              const secret_store& store, const attempt_options& options,
                                              const event_sink& tell) {
  std::vector<std::vector<outcome>> answers(agendas.size());
  pacer pace{options.per_second};
  const secret wrong_password = generate_password();
  std::mutex telling;
  int done = 0;
  parallel_for(agendas.size(), options.jobs, [&](std::size_t i) {
    const auto begun = clock::now();
    answers[i] = prover{access, store, pace, wrong_password}.run(agendas[i]);
    const std::lock_guard lock{telling};
    tell({.kind = event_kind::step_done,
          .server = access.server->name,
          .subject = fmt::format("log-in {}", agendas[i].log_in),
          .text = fmt::format("{} attempts", answers[i].size()),
          .duration = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begun),
          .done = ++done,
          .total = static_cast<int>(agendas.size())});
  });
  return answers;
}

}  // namespace innkeeper::exec
