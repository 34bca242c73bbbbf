#pragma once
// What is behind a connection, for the transaction and the pool that use it too.
#include <chrono>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "innkeeper/connection.h"
#include "pg/client_session.h"

namespace innkeeper {

struct connection::impl {
  pg::client_session session;
  std::chrono::milliseconds cancel_timeout;
  pg::moment until = pg::never;
  bool has_transaction = false;  // an object that is not over
};

// Throws std::invalid_argument for options that can't be meant.
void check_options(const connection_options& options);

enum class block_part { any, end };

struct connection_access {
  using impl = connection::impl;

  static impl& of(connection& one) { return *one.impl_; }
  // One transaction, or a part of the block that is open; `end` is its COMMIT. Throws error.
  static std::vector<result> run(impl& on, std::span<const bound_statement> all, block_part part = block_part::any);
  // The first part of a block, which `begin` opens.
  static std::vector<result> run_behind(const bound_statement& begin, impl& on, std::span<const bound_statement> all);
  static std::vector<result> run(impl& on, const pg::client_transaction& all);
  static std::vector<result> results_of(pg::client_outcome& outcome);
  static std::string_view tag_of(const result& one) { return one.answer_->tag(); }  // "COMMIT"
};

}  // namespace innkeeper
