#include "innkeeper/pool.h"

#include <array>
#include <stdexcept>
#include <utility>

#include "library/connection_impl.h"
#include "library/pool_keeper.h"

namespace innkeeper {
namespace {

using std::chrono::steady_clock;

[[noreturn]] void refuse(const char* what) {
  throw std::invalid_argument{std::string{"pool_options: "} + what};
}

void check(const pool_options& options) {
  check_options(options.connection);
  if (options.max_open < 1) refuse("max_open is not positive");
  if (options.max_idle < 0) refuse("max_idle is negative");
  if (options.idle_time.count() < 0) refuse("idle_time is negative");
  if (options.max_lifetime.count() < 0) refuse("max_lifetime is negative");
  if (options.acquire_timeout.count() <= 0) refuse("acquire_timeout is not positive");
  if (options.initial_retry_delay.count() <= 0) refuse("initial_retry_delay is not positive");
  if (options.max_retry_delay < options.initial_retry_delay) refuse("max_retry_delay is shorter than the initial one");
}

server_state state_of(const error& failed) {
  return failed.sqlstate() == "25006" ? server_state::read_only : server_state::unreachable;
}

// Of pg_is_in_recovery() and transaction_read_only.
health_report report_of(const result& answer) {
  const auto row = answer.front();
  if (row[0].as<bool>()) return {.state = server_state::read_only, .reason = "the server is a standby"};
  if (row[1].text() == "on") {
    return {.state = server_state::read_only, .reason = "the server's transactions are read-only by default"};
  }
  return {.state = server_state::ready};
}

}  // namespace

struct pooled_connection::loan {
  std::shared_ptr<pool_keeper> keeper;
  pool_slot slot;
  bool is_discarded = false;

  loan(std::shared_ptr<pool_keeper> of, pool_slot given) : keeper{std::move(of)}, slot{std::move(given)} {}
  loan(const loan&) = delete;
  loan& operator=(const loan&) = delete;
  ~loan() { keeper->give_back(std::move(slot), is_discarded); }
};

pooled_connection::pooled_connection(std::unique_ptr<loan> from)
    : loan_{std::move(from)}, session_{loan_->slot.session.get()} {}
pooled_connection::pooled_connection(pooled_connection&&) noexcept = default;
pooled_connection& pooled_connection::operator=(pooled_connection&&) noexcept = default;
pooled_connection::~pooled_connection() = default;

void pooled_connection::discard() {
  loan_->is_discarded = true;
}

pool::pool(const pool_options& options) {
  check(options);
  keeper_ = std::make_shared<pool_keeper>(options);
}

pool::~pool() {
  close();
}

pooled_connection pool::acquire() {
  return acquire(keeper_->options().acquire_timeout);
}

pooled_connection pool::acquire(deadline until) {
  return pooled_connection{std::make_unique<pooled_connection::loan>(keeper_, keeper_->acquire(until.at()))};
}

template <class Work>
auto pool::with_connection(deadline wait, deadline work, bool goes_first, Work work_on) {
  for (bool is_first_try = true;; is_first_try = false) {
    try {
      pooled_connection session{
          std::make_unique<pooled_connection::loan>(keeper_, keeper_->acquire(wait.at(), goes_first))};
      session->set_deadline(work);
      return work_on(*session);
    } catch (const error& failed) {
      // It had died while it was idle, and nobody was told.
      const bool is_worth_another =
          failed.connection_is_lost() && failed.may_retry() && !failed.is_timeout() && !failed.statement().empty();
      if (!is_first_try || !is_worth_another) throw;
    }
  }
}

result pool::execute(const bound_statement& one) {
  return with_connection(keeper_->options().acquire_timeout, {}, false,
                         [&](connection& session) { return session.execute(one); });
}

result pool::execute(const bound_statement& one, deadline until) {
  return with_connection(until, until, false, [&](connection& session) { return session.execute(one); });
}

health_report pool::health(deadline until) {
  static const statement ask{
      "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')"};
  const auto began = steady_clock::now();
  health_report report;
  try {
    report = with_connection(until, until, true, [](connection& session) { return report_of(session.execute(ask)); });
  } catch (const error& failed) {
    report = {.state = state_of(failed), .reason = failed.what(), .sqlstate = failed.sqlstate()};
  }
  report.duration = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - began);
  return report;
}

pool_metrics pool::metrics() const {
  return keeper_->metrics();
}

void pool::close() {
  keeper_->close();
}

std::string_view to_string(server_state one) {
  static constexpr std::array<std::string_view, 3> names{"ready", "read-only", "unreachable"};
  return names[static_cast<std::size_t>(one)];
}

}  // namespace innkeeper
