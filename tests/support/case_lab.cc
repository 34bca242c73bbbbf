#include "tests/support/case_lab.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <memory>
#include <mutex>
#include <thread>

#include "core/sql.h"
#include "core/step.h"
#include "exec/apply.h"
#include "exec/manifest_loader.h"
#include "exec/prove.h"
#include "exec/secret_store.h"
#include "pg/connection.h"

namespace innkeeper::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view admin_password = "the admin's own password";

// What no manifest names.
constexpr std::string_view canaries = R"(
CREATE ROLE canary_owner NOLOGIN;
CREATE ROLE canary_user LOGIN PASSWORD 'canary' CONNECTION LIMIT 4;
CREATE ROLE canary_reader;
GRANT canary_reader TO canary_user;
COMMENT ON ROLE canary_user IS 'sings';
ALTER ROLE canary_user SET work_mem = '7MB';
)";

constexpr std::string_view canary_tables = R"(
CREATE SCHEMA cage AUTHORIZATION canary_owner;
CREATE TABLE cage.songs (id serial PRIMARY KEY, text text NOT NULL);
INSERT INTO cage.songs (text) SELECT 'la ' || i FROM generate_series(1, 50) AS i;
GRANT SELECT ON cage.songs TO canary_reader;
GRANT USAGE ON SCHEMA cage TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE canary_owner GRANT SELECT ON TABLES TO canary_reader;
CREATE FUNCTION cage.sing() RETURNS text LANGUAGE sql AS 'SELECT text FROM cage.songs LIMIT 1';
)";

}  // namespace

std::string to_string(const case_result& result) {
  const auto& played = result.played;
  std::string text = fmt::format("seed {}\n--- before{}\n{}", played.seed,
                                 played.begins_with_an_apply ? ", applied" : ", not applied", played.manifest_before);
  if (played.manifest_after != played.manifest_before) text += "--- after\n" + played.manifest_after;
  text += "--- what happened\n";
  for (const auto& one : played.happenings) text += "  " + to_string(one) + "\n";
  for (const auto& one : result.complaints) text += "--- complaint: " + one + "\n";
  return text;
}

// One case, from an empty server to its end.
class case_lab::play {
 public:
  play(const random_case& asked, cluster& server, const fs::path& binary)
      : asked_{asked}, server_{server}, binary_{binary} {}

  std::vector<std::string> run() {
    if (asked_.begins_with_an_apply) {
      (void)apply(asked_.manifest_before, "the first apply");
      make_tables();
    }
    for (const auto& one : asked_.happenings) one.is_by_hand() ? edit(one) : run_cut_off(one);
    load(asked_.manifest_after);
    const auto before = snapshot();
    const auto report = apply(asked_.manifest_after, "the last apply");
    for (const auto& one : report.left.steps) complain("left by the apply itself: " + describe(one));
    const auto left = exec::plan_server(all_, access_, {}).steps;
    for (const auto& one : left.steps) complain("left: " + describe(one));
    for (const auto& one : left.attentions) {
      if (one.fails_service || one.text.find("password") != std::string::npos) complain("attention: " + one.text);
    }
    compare(before, snapshot());
    log_in();
    verify();
    return std::move(complaints_);
  }

 private:
  void complain(std::string what) { complaints_.push_back(std::move(what)); }

  void load(const std::string& manifest) {
    const fs::path file = folder_.path() / "innkeeper.yaml";
    std::ofstream{file} << manifest;
    auto loaded = exec::load_manifest(file, [&](std::string_view name) -> std::optional<std::string> {
      if (name == "INNKEEPER_SERVER_URL") return fmt::format("postgresql://127.0.0.1:{}/postgres", server_.port());
      return std::nullopt;
    });
    for (const auto& one : loaded.problems) complain(to_string(one));
    all_ = std::move(loaded.value);
    access_ = {.server = &all_.servers.at(0), .admin = server_.admin(), .endpoints = {{"127.0.0.1", server_.port()}}};
  }

  exec::apply_report apply(const std::string& manifest, std::string_view which) {
    load(manifest);
    auto report = exec::apply_server(all_, access_, {.policy = {.reset_every_password = true}}, [](const auto&) {});
    for (const auto& one : report.failures) complain(fmt::format("{} failed: {}", which, one.text));
    for (const auto& one : report.problems) complain(fmt::format("{}: {}", which, to_string(one)));
    return report;
  }

  pg::connection as_service(const service_declaration& one) {
    const auto login = one.access == access_mode::readwrite ? role_name{one.name + "_migrator"} : one.user.value;
    const auto entry = exec::secret_store{all_.secrets_directory}.read("shared", login);
    return pg::connection::open(server_.login(login.value, entry.value.password.expose(), one.database.value.value),
                                {.kind = pg::session_kind::service});
  }

  // As each service's own log-in, so that they are its own.
  void make_tables() {
    for (const auto& one : all_.services) {
      const std::string table = one.prefix.value.empty() ? "orders" : one.prefix.value + "orders";
      try {
        auto session = as_service(one);
        session.query(
            fmt::format("CREATE TABLE {0} (id int PRIMARY KEY, note text); "
                        "INSERT INTO {0} SELECT i, 'note ' || i FROM generate_series(1, 40) AS i",
                        quote_identifier(table)));
      } catch (const pg::error& refused) {
        if (one.starts_as != starting_role::self) complain(fmt::format("{}: no table: {}", one.name, refused.what()));
      }
    }
  }

  // What can't be done in this state isn't.
  void edit(const happening& one) {
    try {
      pg::connection::open(server_.admin(one.database), {.application_name = "by hand"}).query(one.statement);
    } catch (const pg::error&) {
      return;
    }
  }

  void run_cut_off(const happening& one) {
    const fs::path file = folder_.path() / "innkeeper.yaml";
    std::ofstream{file} << asked_.manifest_after;
    std::atomic<pid_t> runner_pid = 0;
    fault_proxy proxy{{"127.0.0.1", server_.port()}, one.cut_off, [&](fault_kind kind, pid_t backend) {
                        while (runner_pid == 0) std::this_thread::yield();
                        if (kind != fault_kind::end_backend) {
                          ::kill(runner_pid, SIGKILL);
                        } else if (backend != 0) {
                          ::kill(backend, SIGTERM);
                        }
                      }};
    child_program runner{{binary_, "apply"},
                         {{"INNKEEPER_SERVER_URL", fmt::format("postgresql://127.0.0.1:{}/postgres", proxy.port())},
                          {"ADMIN_PASSWORD", std::string{admin_password}},
                          {"HOME", folder_.path()}},
                         folder_.path(),
                         folder_.path() / "output"};
    runner_pid = runner.pid();
    (void)runner.wait();
  }

  catalog_lines snapshot() {
    std::set<std::string> databases{"canary"};
    for (const auto& one : all_.services) databases.insert(one.database.value.value);
    // Who is closed out may be looked at all the same: nothing of it can change meanwhile.
    auto all = read_catalogs(server_.admin(), databases);
    std::erase_if(all.lines, [](const std::string& line) {
      const bool is_canary =
          line.starts_with("in canary:") || line.starts_with("database canary:") || line.starts_with("role canary");
      const bool is_own =
          line.starts_with("in c") &&
          (line.find(": rows of ") != std::string::npos || line.find(": column ") != std::string::npos ||
           line.find(": constraint ") != std::string::npos || line.find(": index ") != std::string::npos);
      return !is_canary && !is_own;
    });
    return all;
  }

  void compare(catalog_lines before, catalog_lines after) {
    // Of extensions that were moved or made; and a database that was closed is seen only afterwards.
    const auto is_of_extension = [](const std::string& line) { return line.find("extensions.") != std::string::npos; };
    std::erase_if(before.lines, is_of_extension);
    std::erase_if(after.lines, is_of_extension);
    std::set<std::string> seen;
    for (const auto& line : before.lines) seen.insert(line.substr(0, line.find(':')));
    std::erase_if(after.lines, [&](const std::string& line) { return !seen.contains(line.substr(0, line.find(':'))); });
    if (before != after) complain("touched what is not its own:\n" + difference(before, after));
  }

  void log_in() {
    for (const auto& one : all_.services) {
      try {
        (void)as_service(one).query("SELECT 1");
      } catch (const pg::error& refused) {
        complain(fmt::format("{} can't log in: {}", one.name, refused.what()));
      }
    }
  }

  void verify() {
    const auto proof = exec::verify_server(all_, access_, {}, [](const auto&) {});
    if (proof.leaks == 0 && proof.drift == 0 && proof.failed == 0) return;
    std::string text = fmt::format("verify: {} leaks, {} drift, {} failed", proof.leaks, proof.drift, proof.failed);
    for (const auto& one : proof.findings) text += "\n  " + one.text;
    complain(text);
  }

  const random_case& asked_;
  cluster& server_;
  const fs::path& binary_;
  scratch_folder folder_;
  estate all_;
  exec::server_access access_;
  std::vector<std::string> complaints_;
};

case_lab::case_lab(fs::path binary)
    : binary_{std::move(binary)}, server_{{.password = std::string{admin_password}, .tcp = true}} {
  pg::connection::open(server_.admin(), {}).query(canaries);
  pg::connection::open(server_.admin(), {}).query("CREATE DATABASE canary OWNER canary_owner");
  pg::connection::open(server_.admin(), {}).query("REVOKE ALL ON DATABASE canary FROM PUBLIC");
  pg::connection::open(server_.admin("canary"), {}).query(canary_tables);
}

std::vector<std::string> case_lab::complaints_of(const random_case& asked) {
  std::vector<std::string> complaints;
  try {
    complaints = play{asked, server_, binary_}.run();
  } catch (const std::exception& failed) {
    complaints.emplace_back(failed.what());
  }
  clean_up(asked);
  return complaints;
}

void case_lab::clean_up(const random_case& asked) {
  auto session = pg::connection::open(server_.admin(), {.application_name = "clean up"});
  const std::string pattern = quote_literal(fmt::format("c{}\\_%", asked.seed));
  const auto databases = session.query(fmt::format(
      "SELECT datname FROM pg_catalog.pg_database WHERE datname LIKE {} OR datname = 'innkeeper'", pattern));
  for (std::size_t i = 0; i < databases.size(); ++i) {
    const auto name = quote_identifier(databases.text(i, 0));
    session.query(fmt::format("ALTER DATABASE {} IS_TEMPLATE false", name));
    session.query(fmt::format("DROP DATABASE {} WITH (FORCE)", name));
  }
  const auto roles =
      session.query(fmt::format("SELECT rolname FROM pg_catalog.pg_roles WHERE rolname LIKE {}", pattern));
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const auto name = quote_identifier(roles.text(i, 0));
    session.query(fmt::format("DROP OWNED BY {0}; DROP ROLE {0}", name));
  }
  session.query(
      "GRANT CONNECT, TEMPORARY ON DATABASE postgres TO PUBLIC; GRANT CONNECT ON DATABASE template1 TO PUBLIC");
  server_.clear_log();
}

case_result case_lab::try_case(const random_case& asked) {
  case_result result{asked, complaints_of(asked)};
  if (result.complaints.empty()) return result;
  // What can be left out without mending it had no part in it.
  for (std::size_t i = result.played.happenings.size(); i-- > 0;) {
    random_case shorter = result.played;
    shorter.happenings.erase(shorter.happenings.begin() + static_cast<std::ptrdiff_t>(i));
    if (auto complaints = complaints_of(shorter); !complaints.empty()) result = {shorter, std::move(complaints)};
  }
  return result;
}

std::vector<case_result> try_cases(const fs::path& binary, const std::vector<unsigned>& seeds,
                                   const std::function<void(const case_result&)>& tell) {
  std::vector<case_result> results(seeds.size());
  std::mutex guard;
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    std::unique_ptr<case_lab> lab;
    for (std::size_t i = next++; i < seeds.size(); i = next++) {
      if (!lab) lab = std::make_unique<case_lab>(binary);
      try {
        results[i] = lab->try_case(make_case(seeds[i]));
      } catch (const std::exception& failed) {
        results[i] = {{.seed = seeds[i]}, {failed.what()}};
      }
      const std::lock_guard lock{guard};
      tell(results[i]);
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(2U, std::thread::hardware_concurrency()); ++i) threads.emplace_back(work);
  threads.clear();
  return results;
}

}  // namespace innkeeper::test
