#include "exec/session_attempt.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace innkeeper::exec {
namespace {

// The service may have left settings for its own sessions; these are ours. Our startup options say the same: a pooler
// may have dropped them.
const std::vector<std::string>& own_settings() {
  static const std::vector<std::string> all{"search_path = pg_catalog, pg_temp", "statement_timeout = '5s'",
                                            "lock_timeout = '2s'", "client_min_messages = warning",
                                            "standard_conforming_strings = on"};
  return all;
}

std::string joined(const std::vector<std::string>& statements) {
  return fmt::format("{}", fmt::join(statements, "; "));
}

class trial {
 public:
  trial(pg::connection& session, const attempt& one, const identity& who, int pid)
      : session_{session}, one_{one}, who_{who}, pid_{pid} {}

  outcome run() {
    outcome answer{.tried = true, .entered = true};
    try {
      if (!one_.statements_from.empty()) {
        try_each(answer);
      } else if (one_.outside_transaction) {
        try_outside(answer);
      } else {
        try_inside(answer);
      }
    } catch (const pg::error& failure) {
      const bool was_prepared = failure.facts().completed >= to_prepare_;
      answer = answer_of(failure, true);
      answer.prepared = was_prepared;
    }
    leave(answer);
    answer.as = who_.as;
    return answer;
  }

 private:
  // What comes before the attack, in the same message: `to_prepare_` statements must have been done for the attack's
  // own answer to count.
  std::vector<std::string> preparation() {
    auto all = end_of_the_last();
    all.emplace_back("BEGIN READ WRITE");
    for (const auto& each : own_settings()) all.push_back("SET LOCAL " + each);
    if (!who_.set_role.empty()) all.push_back("SET LOCAL ROLE " + who_.set_role);
    all.insert(all.end(), one_.preparation.begin(), one_.preparation.end());
    to_prepare_ = static_cast<int>(all.size());
    return all;
  }

  // The transaction of what was tried before ends in the same message in which the next one begins.
  [[nodiscard]] std::vector<std::string> end_of_the_last() const {
    return session_.in_transaction() ? std::vector<std::string>{"ROLLBACK"} : std::vector<std::string>{};
  }

  [[nodiscard]] std::string named(std::string statement) const {
    constexpr std::string_view place = "{pid}";
    if (!one_.needs_neighbour) return statement;
    for (auto at = statement.find(place); at != std::string::npos; at = statement.find(place)) {
      statement.replace(at, place.size(), std::to_string(pid_));
    }
    return statement;
  }

  void try_inside(outcome& answer) {
    auto all = preparation();
    for (const auto& each : one_.statements) all.push_back(named(each));
    // Only the last one is the attack: where one before it fails, the attack has not been tried.
    if (one_.expects != expectation::works) to_prepare_ += static_cast<int>(one_.statements.size()) - 1;
    keep_row(session_.query_all(joined(all)), answer);
    answer.worked = true;
  }

  void try_outside(outcome& answer) {
    auto before = end_of_the_last();
    before.emplace_back("SET lock_timeout = '2s'");
    if (!who_.set_role.empty()) before.push_back("SET ROLE " + who_.set_role);
    to_prepare_ = static_cast<int>(before.size());
    session_.query(joined(before));
    to_prepare_ = 0;
    session_.query(one_.statements.front());
    answer.worked = true;
  }

  void try_each(outcome& answer) {
    auto all = preparation();
    all.push_back(one_.statements_from);
    ++to_prepare_;
    const auto rows = session_.query(joined(all));
    if (rows.empty()) answer.sqlstate = no_data;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto came = try_statement(rows.text(i, 0));
      if (i > 0 && meaning_of(one_, came) == meaning::as_expected) continue;
      answer = came;
      answer.row = {rows.text(i, 1)};
      if (meaning_of(one_, came) != meaning::as_expected) return;
    }
  }

  outcome try_statement(const std::string& statement) {
    outcome answer{.tried = true, .entered = true};
    try {
      session_.query("SAVEPOINT each; " + statement);
      answer.worked = true;
    } catch (const pg::error& failure) {
      answer = answer_of(failure, true);
      answer.prepared = failure.facts().completed > 0;
    }
    if (session_.in_transaction()) session_.query("ROLLBACK TO SAVEPOINT each");
    return answer;
  }

  // Back to what the session started as, not to NONE.
  void leave(outcome& answer) {
    if (!one_.outside_transaction || who_.set_role.empty()) return;
    try {
      session_.query("RESET ROLE");
    } catch (const pg::error& failure) {
      answer = answer_of(failure, true);
    }
  }

  static void keep_row(const std::vector<pg::result>& results, outcome& answer) {
    if (results.empty()) return;
    const auto& last = results.back();
    for (std::size_t i = 0; !last.empty() && i < last.columns(); ++i) answer.row.push_back(last.text(0, i));
  }

  pg::connection& session_;
  const attempt& one_;
  const identity& who_;
  int pid_;
  int to_prepare_ = 0;
};

bool is_lost(const outcome& answer) {
  return answer.sqlstate.starts_with("08") || answer.sqlstate.starts_with("57P");
}

}  // namespace

outcome answer_of(const pg::error& failure, bool entered) {
  return {.tried = true,
          .entered = entered,
          .sqlstate = std::string{failure.sqlstate()},
          .message = failure.facts().primary};
}

outcome try_in_session(pg::connection& session, const attempt& one, const std::vector<identity>& identities,
                       const neighbour_pid& pid) {
  outcome first;
  for (const auto& who : identities) {
    int beside = 0;
    try {
      if (one.needs_neighbour) beside = pid();
    } catch (const pg::error& failure) {
      return {.problem = fmt::format("there is no neighbour's session to try it on: {}", failure.facts().primary)};
    }
    auto answer = trial{session, one, who, beside}.run();
    if (is_lost(answer) || meaning_of(one, answer) != meaning::as_expected) return answer;
    if (!first.tried) first = std::move(answer);
    if (!one.under_each_identity) break;
  }
  return first;
}

}  // namespace innkeeper::exec
