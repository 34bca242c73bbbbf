#pragma once
// A transaction as a scope: what was not committed at its end is rolled back.
//
//   innkeeper::transaction both{*session};
//   both.execute(take(stock));
//   both.execute(give(order));
//   both.commit();
//
// BEGIN goes with the first statement, in one round trip. Thread-safety: as its connection, one thread at a time.
#include <span>
#include <vector>

#include "innkeeper/connection.h"

namespace innkeeper {

enum class isolation_level { server_default, read_committed, repeatable_read, serializable };

struct transaction_options {
  isolation_level isolation = isolation_level::server_default;
  bool is_read_only = false;
};

class transaction {
 public:
  // `on` outlives it. Throws std::logic_error where a transaction is open there already.
  explicit transaction(connection& on, transaction_options options = {});
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  // Rolls back, for at most the connection's cancel_timeout; a connection where that fails is lost.
  ~transaction();

  // As connection's. After a failure nothing but rollback() works: error 25P02.
  result execute(const bound_statement& one);
  std::vector<result> execute_all(const std::vector<bound_statement>& all);

  // Throws error: 25P02 where a statement failed before, the server's own (40001, 23505 …) where it refuses, and then
  // nothing is done. error.outcome_is_unknown() where the connection broke on the way. The result tells warnings:
  // has_warning("01000") where a synchronous standby was not waited for to the end. std::logic_error when it is over.
  result commit();
  void rollback();

 private:
  enum class state { not_begun, open, over };

  std::vector<result> run(std::span<const bound_statement> all);
  void require_not_over() const;
  void end();

  connection& on_;
  const transaction_options options_;
  state state_ = state::not_begun;
};

}  // namespace innkeeper
