#pragma once
// What the tests of the public library share: a server, a database of the test's own, and how a service gets there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "core/conninfo.h"
#include "innkeeper/connection.h"
#include "innkeeper/error.h"
#include "innkeeper/pool.h"
#include "innkeeper/transaction.h"
#include "pg/connection.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {

[[nodiscard]] inline std::string url_of(const conninfo& target) {
  return print_conninfo(target, dialect::keyword).text->expose();
}

template <class Work>
error failure_of(Work work) {
  try {
    work();
  } catch (const error& failed) {
    return failed;
  }
  ADD_FAILURE() << "nothing failed";
  return error{{.sqlstate = "00000"}};
}

class service_test : public testing::Test {
 protected:
  // On TCP and on its socket, without passwords.
  static cluster& server() {
    static cluster one{{.tcp = true}};
    return one;
  }

  service_test() : database_{server().fresh_database()} {}

  [[nodiscard]] conninfo target() const { return server().admin(database_); }
  [[nodiscard]] connection_options options() const {
    return {.url = url_of(target()), .cancel_timeout = std::chrono::seconds{20}};
  }
  [[nodiscard]] connection connect() const { return connection{options()}; }

  // As another session.
  std::string ask(const std::string& sql) const { return ask_at(target(), sql); }
  static std::string ask_at(const conninfo& where, const std::string& sql) {
    const auto rows = pg::connection::open(where, {.kind = pg::session_kind::service}).query(sql);
    return rows.empty() ? "" : rows.text(0, 0);
  }
  void end_backend(int pid) const {
    const auto text = std::to_string(pid);
    ask("SELECT pg_terminate_backend(" + text + ")");
    ASSERT_TRUE(eventually([&] { return ask("SELECT count(*) FROM pg_stat_activity WHERE pid = " + text) == "0"; }));
  }

  std::string database_;
};

}  // namespace innkeeper::test
