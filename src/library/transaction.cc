#include "innkeeper/transaction.h"

#include <stdexcept>
#include <utility>

#include "library/connection_impl.h"

namespace innkeeper {
namespace {

std::string begin_of(const transaction_options& options) {
  std::string sql = "BEGIN";
  switch (options.isolation) {
    case isolation_level::server_default:
      break;
    case isolation_level::read_committed:
      sql += " ISOLATION LEVEL READ COMMITTED";
      break;
    case isolation_level::repeatable_read:
      sql += " ISOLATION LEVEL REPEATABLE READ";
      break;
    case isolation_level::serializable:
      sql += " ISOLATION LEVEL SERIALIZABLE";
      break;
  }
  return options.is_read_only ? sql + " READ ONLY" : sql;
}

}  // namespace

transaction::transaction(connection& on, transaction_options options) : on_{on}, options_{options} {
  auto& inner = connection_access::of(on_);
  if (inner.has_transaction || on_.is_in_transaction()) {
    throw std::logic_error{"a transaction is open on this connection already"};
  }
  inner.has_transaction = true;
}

transaction::~transaction() {
  if (state_ != state::over) rollback();
}

result transaction::execute(const bound_statement& one) {
  return std::move(run({&one, 1}).front());
}

std::vector<result> transaction::execute_all(const std::vector<bound_statement>& all) {
  return run(all);
}

std::vector<result> transaction::run(std::span<const bound_statement> all) {
  require_not_over();
  if (all.empty()) return {};
  auto& inner = connection_access::of(on_);
  if (state_ == state::open) return connection_access::run(inner, all);
  try {
    auto results = connection_access::run_behind(begin_of(options_), inner, all);
    state_ = state::open;
    return results;
  } catch (...) {
    // Perhaps BEGIN came through, perhaps nothing was sent.
    if (on_.is_in_transaction()) state_ = state::open;
    throw;
  }
}

result transaction::commit() {
  require_not_over();
  if (state_ == state::not_begun) {
    end();
    return {};
  }
  static const bound_statement commit_it{"COMMIT"};
  auto& inner = connection_access::of(on_);
  try {
    auto done = std::move(connection_access::run(inner, {&commit_it, 1}, block_part::end).front());
    end();
    if (connection_access::tag_of(done) == "COMMIT") return done;
  } catch (...) {
    // Where nothing was sent, for the deadline had passed, it is as it was.
    if (!on_.is_in_transaction()) end();
    throw;
  }
  throw error{{.sqlstate = "25P02",
               .message = "the transaction was rolled back: a statement in it had failed",
               .statement = "COMMIT"}};
}

void transaction::rollback() {
  if (state_ == state::over) throw std::logic_error{"the transaction is over"};
  auto& inner = connection_access::of(on_);
  if (on_.is_in_transaction()) {
    const auto until = std::exchange(inner.until, std::chrono::steady_clock::now() + inner.cancel_timeout);
    try {
      static const bound_statement roll_back{"ROLLBACK"};
      connection_access::run(inner, {&roll_back, 1});
    } catch (const std::exception&) {
      // The server rolls back what a lost session leaves.
      inner.session.close();
    }
    inner.until = until;
  }
  end();
}

void transaction::require_not_over() const {
  const bool was_ended_by_hand = state_ == state::open && on_.is_usable() && !on_.is_in_transaction();
  if (state_ == state::over || was_ended_by_hand) throw std::logic_error{"the transaction is over"};
}

void transaction::end() {
  state_ = state::over;
  connection_access::of(on_).has_transaction = false;
}

}  // namespace innkeeper
