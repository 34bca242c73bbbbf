#pragma once
// The server, or the way to it, failed. Callers ask the exception what they need to know; they never sort by its text.
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/tls_trouble.h"

namespace innkeeper::pg {

struct error_facts {
  std::string sqlstate;  // five characters; "08006" and the like for what libpq reports by itself; never empty
  std::string primary;   // the server's primary message, or libpq's
  std::string detail;
  std::string hint;
  std::string context;
  std::string schema;  // of the object that a constraint is about
  std::string table;   // the same object
  std::string column;  // where the error is about one
  std::string constraint;
  std::string statement;                // what was sent, without its secrets; empty for a failed connection
  int position = 0;                     // in characters of the statement, from 1; 0 unknown
  tls_trouble tls = tls_trouble::none;  // the two sides don't agree on encryption or certificates
  int completed = 0;                    // statements of the same message that were done before the one that failed
};

class error : public std::runtime_error {
 public:
  explicit error(error_facts facts);

  [[nodiscard]] const error_facts& facts() const { return facts_; }
  [[nodiscard]] std::string_view sqlstate() const { return facts_.sqlstate; }

  // Class 08, 57P01 to 57P03 and what libpq calls a bad connection.
  [[nodiscard]] bool connection_is_lost() const;
  // Retrying the same transaction later may work: 55P03, 40001, 40P01, 57P0x, 08xxx, 53300.
  [[nodiscard]] bool may_retry() const;
  // Two sessions changed the same rows of the system's catalogs at once: only a second try can tell.
  // XX000 "tuple concurrently updated" and 23505 in pg_catalog.
  [[nodiscard]] bool is_catalog_race() const;
  // Another runner made or changed the same object at the same time: look again under the lock.
  // 42710, 42P04, 42P06, 42P07, 23505, and XX000 "tuple concurrently updated".
  [[nodiscard]] bool is_race() const;
  // 42501, 28P01, 28000 and the warnings 01006, 01007 that mean "not granted", "not revoked".
  [[nodiscard]] bool is_not_permitted() const;

 private:
  error_facts facts_;
};

}  // namespace innkeeper::pg
