#pragma once
// A server with an estate on it, for tests that plant a hole and see which probe finds it.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "exec/apply.h"
#include "exec/prove.h"
#include "exec/secret_store.h"
#include "pg/connection.h"
#include "tests/core/estates.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {

inline const exec::event_sink nobody_listens = [](const exec::event&) {};

class proved_estate {
 public:
  explicit proved_estate(estate of, cluster_options options = {.password = "admin's own"})
      : server_{std::move(options)}, all_{std::move(of)} {
    all_.secrets_directory = folder_.path() / "secrets";
  }

  [[nodiscard]] cluster& server() { return server_; }
  [[nodiscard]] exec::server_access access() const {
    return {.server = &all_.servers.front(), .admin = server_.admin()};
  }
  [[nodiscard]] exec::secret_store store() const { return exec::secret_store{all_.secrets_directory}; }

  [[nodiscard]] exec::apply_report apply() const { return exec::apply_server(all_, access(), {}, nobody_listens); }

  [[nodiscard]] pg::connection admin(const std::string& database = "postgres") const {
    return pg::connection::open(server_.admin(database), {});
  }

  [[nodiscard]] pg::connection as(const std::string& log_in, const std::string& database) const {
    const auto password = store().read("shared", {log_in}).value.password;
    return pg::connection::open(server_.login(log_in, password.expose(), database),
                                {.kind = pg::session_kind::service});
  }

  [[nodiscard]] proof_report prove(exec::verify_options options) const {
    options.prove = true;
    options.attempts_per_second = 1000;
    return exec::verify_server(all_, access(), options, nobody_listens);
  }

  [[nodiscard]] proof_report prove_for(const std::string& service) const {
    return prove({.policy = {.services = {service}}});
  }

 private:
  cluster server_;
  scratch_folder folder_;
  estate all_;
};

// Of what was tried, not of what the catalogs say.
inline std::set<std::string> leaking_attempts(const proof_report& report) {
  std::set<std::string> ids;
  for (const auto& one : report.tallies) {
    if (one.kind != probe_class::catalog && one.leaks > 0) ids.insert(one.id);
  }
  return ids;
}

inline int failed_attempts(const proof_report& report) {
  int all = 0;
  for (const auto& one : report.tallies) {
    if (one.kind != probe_class::catalog) all += one.failed;
  }
  return all;
}

// What was found by trying, a line each.
inline std::string attempts_text(const proof_report& report) {
  std::string text;
  for (const auto& one : report.findings) {
    if (!one.log_in.empty())
      text += one.probe + " " + std::string{to_string(one.says)} + ": " + one.text + " | " + one.detail + "\n";
  }
  return text;
}

}  // namespace innkeeper::test
