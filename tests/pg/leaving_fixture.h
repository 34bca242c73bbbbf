#pragma once
// A server whose services leave: what its tests have in common.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "exec/apply.h"
#include "exec/dump.h"
#include "exec/error.h"
#include "exec/leaving.h"
#include "exec/secret_store.h"
#include "pg/connection.h"
#include "tests/core/estates.h"
#include "tests/support/killed.h"
#include "tests/support/majors.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::exec {

inline const event_sink quiet = [](const event&) {};

// The packages that bring other majors' servers for tests have no pg_dump.
inline client_programs_search programs_here() {
  return {.path = test::postgres_programs().string()};
}

inline client_programs client_programs_here() {
  return find_client_programs(programs_here(), test::postgres_major());
}

inline bool can_dump() {
  try {
    (void)client_programs_here();
    return true;
  } catch (const error&) {
    return false;
  }
}

class leaving : public testing::Test {
 protected:
  leaving() : cluster_{{.settings = {{"max_prepared_transactions", "3"}}, .password = "admin password"}} {
    all_ = test::estate_of({});
    all_.servers.front().settings["max_prepared_transactions"] = {"3", {}, false};
    all_.directory = folder_.path();
    all_.secrets_directory = folder_.path() / "secrets";
    access_.server = &all_.servers.front();
    access_.admin = cluster_.admin();
    options_.programs = programs_here();
  }

  void declare(std::vector<service_declaration> services) { all_.services = std::move(services); }
  void undeclare(const std::string& name) {
    std::erase_if(all_.services, [&](const auto& one) { return one.name == name; });
  }
  void apply() {
    const auto report = apply_server(all_, access_, {}, quiet);
    for (const auto& one : report.failures) ADD_FAILURE() << one.text;
    for (const auto& one : report.problems) {
      if (one.level == severity::error) ADD_FAILURE() << to_string(one);
    }
  }
  plan plan_now() { return plan_server(all_, access_, {}).steps; }

  leaving_report go(leaving_kind kind, const std::string& name, const event_sink& tell = quiet) {
    return leave(kind, name, all_, access_, options_, tell);
  }
  void retire(const std::string& name) {
    const auto report = go(leaving_kind::retire, name);
    for (const auto& one : report.problems) ADD_FAILURE() << to_string(one);
  }

  pg::connection admin(const std::string& database = "postgres") {
    return pg::connection::open(cluster_.admin(database), {});
  }
  pg::connection as_service(const std::string& login, const std::string& database) {
    const auto entry = secret_store{all_.secrets_directory}.read("shared", {login});
    return pg::connection::open(cluster_.login(login, entry.value.password.expose(), database),
                                {.kind = pg::session_kind::service});
  }
  std::string refusal(const std::string& login, const std::string& database) {
    try {
      (void)as_service(login, database);
      return "open";
    } catch (const pg::error& refused) {
      return std::string{refused.sqlstate()};
    }
  }
  std::string ask(const std::string& sql, const std::string& database = "postgres") {
    const auto rows = admin(database).query(sql);
    std::string text;
    for (std::size_t i = 0; i < rows.size(); ++i) text += (i == 0 ? "" : " ") + rows.text(i, 0);
    return text;
  }
  std::string roles() {
    return ask(
        "SELECT rolname || CASE WHEN rolcanlogin THEN '+' ELSE '' END FROM pg_roles "
        "WHERE rolname !~ '^pg_' ORDER BY 1");
  }
  std::string databases() { return ask("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1"); }

  std::vector<std::filesystem::path> dumps() {
    std::vector<std::filesystem::path> all;
    for (const auto& one : find_dumps(dumps_directory(all_), "cafe")) all.push_back(one.folder);
    return all;
  }

  // Dies by SIGKILL at the given event; false where the run ended before.
  bool go_and_die_at(leaving_kind kind, const std::string& name, int point) {
    return test::is_killed([&] {
      int seen = 0;
      (void)go(kind, name, [&](const event& one) {
        if (one.kind == event_kind::step_begun && seen++ == point) test::die_here();
      });
    });
  }

  test::scratch_folder folder_;
  test::cluster cluster_;
  estate all_;
  server_access access_;
  leaving_options options_;
};

inline service_declaration with_reader(service_declaration one, const std::string& reader) {
  one.readers = {{reader, one.where, false}};
  return one;
}

inline service_declaration cafe() {
  auto one = with_reader(test::service("cafe"), "treasury");
  one.extensions = {{{"pgcrypto"}, "", false, one.where}};
  return one;
}

}  // namespace innkeeper::exec
