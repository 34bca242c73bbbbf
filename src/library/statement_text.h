#pragma once
// A statement's text, and under which name servers keep it.
#include <cstdint>
#include <string>

#include "innkeeper/statement.h"
#include "pg/client_session.h"

namespace innkeeper::detail {

struct statement_text {
  std::string sql;
  std::uint64_t key = 0;  // 0: not kept
  std::string name;
};

}  // namespace innkeeper::detail

namespace innkeeper {

// Borrows from it.
[[nodiscard]] pg::client_call call_of(const bound_statement& one);

}  // namespace innkeeper
