#include "tests/support/fault_lab.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <mutex>
#include <regex>
#include <stdexcept>
#include <thread>

#include "core/exit_code.h"
#include "exec/secret_store.h"
#include "pg/connection.h"

namespace innkeeper::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view admin_password = "the admin's own password";

constexpr std::string_view head = R"(estate: faults
servers:
  shared:
    url: ${INNKEEPER_SERVER_URL}
    admin: {user: postgres, password: [env: ADMIN_PASSWORD]}
    wait: {initial_delay: 50ms, max_delay: 200ms, max_retries: 200}
defaults: {secrets: {directory: secrets}}
services:
)";

constexpr std::string_view fresh_services = R"(  cafe: {extensions: [pgcrypto, citext], readers: [treasury]}
  treasury: {access: readwrite, settings: {statement_timeout: 30s}}
)";

constexpr std::string_view changed_services =
    R"(  cafe: {database: cafe, schema: public, extensions: [pgcrypto, citext, hstore], connections: 33}
  treasury: {access: readwrite, connections: 7, settings: {statement_timeout: 45s, lock_timeout: 5s}, readers: [cafe, erp]}
  erp: {database: cafe, schema: erp, user: erp_user, readers: [treasury]}
)";

const std::vector<std::string> users{"cafe_user", "treasury_user", "erp_user"};
const std::vector<std::string> closing_at_once{"--grace", "0s", "--wait", "1m"};

std::vector<std::string> rotate_words(std::vector<std::string> more) {
  std::vector<std::string> words{"secret", "rotate"};
  words.insert(words.end(), more.begin(), more.end());
  words.insert(words.end(), closing_at_once.begin(), closing_at_once.end());
  return words;
}

std::vector<std::string> words_of(run_kind run) {
  switch (run) {
    case run_kind::fresh:
    case run_kind::changing:
      break;
    case run_kind::rotating:
      return rotate_words({"--all"});
  }
  return {"apply"};
}

// "cafe_user_b" is one of cafe's, "erp_user" of the one whose schema is in cafe's database.
std::string database_of(const std::string& log_in) {
  const auto service = log_in.substr(0, log_in.find('_'));
  return service == "erp" ? "cafe" : service;
}

// What a changing run has to undo.
const std::vector<std::pair<std::string, std::string>> other_hands{
    {"postgres", "GRANT CONNECT ON DATABASE cafe TO PUBLIC"},
    {"postgres", "GRANT cafe_owner TO treasury_user"},
    {"postgres", "ALTER ROLE treasury_user CREATEDB"},
    {"postgres", "ALTER DATABASE treasury OWNER TO treasury_owner"},
    {"treasury", "GRANT ALL ON SCHEMA public TO PUBLIC"},
    {"cafe", "ALTER SCHEMA public OWNER TO postgres"}};

std::string read_all(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// Who was started last is the connection that hasn't introduced itself yet.
pid_t youngest_child(pid_t parent) {
  pid_t youngest = 0;
  for (const auto& entry : fs::directory_iterator{"/proc"}) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string stat = read_all(entry.path() / "stat");
    const auto behind_name = stat.rfind(") ");
    if (behind_name == std::string::npos || stat.size() < behind_name + 5) continue;
    if (std::atoi(stat.c_str() + behind_name + 4) == parent) youngest = std::max(youngest, std::atoi(name.c_str()));
  }
  return youngest;
}

bool names_its_cause(const std::string& output) {
  static const std::regex lost{R"(\[(08...|57P0.)\])"};
  return std::regex_search(output, lost);
}

}  // namespace

std::string_view to_string(run_kind kind) {
  switch (kind) {
    case run_kind::fresh:
      return "fresh";
    case run_kind::changing:
      return "changing";
    case run_kind::rotating:
      return "rotating";
  }
  return {};
}

std::string to_string(const fault_point& point) {
  return fmt::format("{} at {} {} of a {} run", to_string(point.what.kind),
                     is_at_answers(point.what.kind) ? "answer" : "request", point.what.at, to_string(point.run));
}

fault_lab::fault_lab(fs::path binary)
    : binary_{std::move(binary)}, server_{{.password = std::string{admin_password}, .tcp = true}} {
  prepare(run_kind::fresh, std::string{head} + std::string{fresh_services});
  for (const auto& [database, statement] : other_hands) {
    pg::connection::open(server_.admin(database), {}).query(statement);
  }
  prepare(run_kind::changing, std::string{head} + std::string{changed_services});
  prepare(run_kind::rotating, std::string{head} + std::string{changed_services});
}

fs::path fault_lab::folder_of(run_kind run) const {
  return folder_.path() / to_string(run);
}

// Keeps the server and the secrets as they are, then makes the run that nothing disturbs.
void fault_lab::prepare(run_kind run, const std::string& manifest) {
  const fs::path here = folder_of(run);
  fs::create_directory(here);
  std::ofstream{here / "innkeeper.yaml"} << manifest;
  if (run != run_kind::fresh) {
    const auto before = run == run_kind::changing ? run_kind::fresh : run_kind::changing;
    fs::copy(folder_of(before) / "secrets", here / "kept", fs::copy_options::recursive);
    fs::copy(here / "kept", here / "secrets", fs::copy_options::recursive);
  }
  server_.save(std::string{to_string(run)});
  start& made = starts_[run];
  fault_proxy proxy{{"127.0.0.1", server_.port()}, std::nullopt, {}};
  const auto ran = innkeeper(words_of(run), run, proxy.port());
  if (ran.status != 0) throw std::runtime_error{"an undisturbed run failed:\n" + ran.output};
  made.counts = proxy.counts();
  made.end = read_catalogs(server_.admin());
}

void fault_lab::go_back_to(run_kind run) {
  server_.go_back_to(std::string{to_string(run)});
  server_.clear_log();
  const fs::path here = folder_of(run);
  fs::remove_all(here / "secrets");
  if (fs::exists(here / "kept")) fs::copy(here / "kept", here / "secrets", fs::copy_options::recursive);
}

ended_program fault_lab::innkeeper(const std::vector<std::string>& words, run_kind run, int port) {
  std::vector<std::string> all{binary_};
  all.insert(all.end(), words.begin(), words.end());
  const auto here = folder_of(run);
  child_program runner{all,
                       {{"INNKEEPER_SERVER_URL", fmt::format("postgresql://127.0.0.1:{}/postgres", port)},
                        {"ADMIN_PASSWORD", std::string{admin_password}},
                        {"HOME", here}},
                       here,
                       here / "output"};
  return runner.wait();
}

// `plan` doesn't wait for a server as `apply` does.
void fault_lab::wait_for_recovery() const {
  const auto takes_connections = [&] {
    try {
      (void)pg::connection::open(server_.admin(), {});
      return true;
    } catch (const pg::error&) {
      return false;
    }
  };
  if (!eventually(takes_connections, 60)) throw std::runtime_error{"the server did not recover"};
}

void fault_lab::strike(fault_kind kind, pid_t backend, pid_t runner) const {
  const auto victim = [&] { return backend != 0 ? backend : youngest_child(server_.postmaster()); };
  switch (kind) {
    case fault_kind::kill_runner:
    case fault_kind::orphan:
      ::kill(runner, SIGKILL);
      break;
    case fault_kind::end_backend:
      ::kill(victim(), SIGTERM);
      break;
    case fault_kind::kill_backend:
      ::kill(victim(), SIGKILL);
      break;
    case fault_kind::crash_server:
      ::kill(server_.postmaster(), SIGKILL);
      break;
    case fault_kind::cut:
    case fault_kind::half:
    case fault_kind::lost_answer:
    case fault_kind::half_answer:
    case fault_kind::reset:
      break;
  }
}

ended_program fault_lab::run_with_fault(const fault_point& point, point_result& result) {
  std::atomic<pid_t> runner_pid = 0;
  fault_proxy proxy{{"127.0.0.1", server_.port()}, point.what, [&](fault_kind kind, pid_t backend) {
                      while (runner_pid == 0) std::this_thread::yield();
                      strike(kind, backend, runner_pid);
                    }};
  const auto here = folder_of(point.run);
  std::vector<std::string> words{binary_};
  for (auto& word : words_of(point.run)) words.push_back(std::move(word));
  child_program runner{words,
                       {{"INNKEEPER_SERVER_URL", fmt::format("postgresql://127.0.0.1:{}/postgres", proxy.port())},
                        {"ADMIN_PASSWORD", std::string{admin_password}},
                        {"HOME", here}},
                       here,
                       here / "output"};
  runner_pid = runner.pid();
  if (point.what.kind == fault_kind::crash_server) {
    (void)eventually([&] { return proxy.has_struck() || runner.has_ended(); }, 120);
    if (proxy.has_struck()) server_.recover();
  }
  auto ran = runner.wait();
  result.has_struck = proxy.has_struck();
  if (result.has_struck) ran.output += fmt::format("(the fault met {})\n", proxy.struck());
  return ran;
}

void fault_lab::look_for_secrets(const std::string& where, const std::string& text, point_result& result) const {
  const exec::secret_store store{folder_of(result.point.run) / "secrets"};
  std::error_code ignored;
  if (!fs::exists(folder_of(result.point.run) / "secrets", ignored)) return;
  for (const auto& one : store.list()) {
    const auto entry = store.read(one.server, one.role);
    if (entry.state != exec::stored_state::present) continue;
    if (text.find(entry.value.password.expose()) != std::string::npos) {
      result.complaints.push_back(fmt::format("the password of {} is in {}", one.role, where));
    }
    // The server's log shows verifiers: what every superuser may read there anyway.
    if (where != "the server's log" && text.find(entry.value.verifier.expose()) != std::string::npos) {
      result.complaints.push_back(fmt::format("the verifier of {} is in {}", one.role, where));
    }
  }
  if (text.find(admin_password) != std::string::npos)
    result.complaints.push_back("the admin's password is in " + where);
}

void fault_lab::judge_first_run(const fault_point& point, const ended_program& ran, point_result& result) {
  const auto complain = [&](std::string_view what) {
    result.complaints.push_back(fmt::format("{}, status {}:\n{}", what, ran.status, ran.output));
  };
  const bool is_killed = point.what.kind == fault_kind::kill_runner || point.what.kind == fault_kind::orphan;
  if (is_killed && ran.status == 128 + SIGKILL) return;
  // It may have said all that it had to say before it was killed.
  if (is_killed && result.has_struck && ran.status != 0) complain("the killed run ended otherwise");
  if (!result.has_struck && ran.status != 0) complain("the run failed though no fault struck");
  if (ran.status == 0) {
    if (const auto left = innkeeper({"plan", "--check"}, point.run, server_.port()); left.status != 0) {
      complain("the run claims success and left work: " + left.output);
    }
    return;
  }
  const auto code = static_cast<exit_code>(ran.status);
  if (code != exit_code::unavailable && code != exit_code::may_retry) complain("unfit exit code");
  if (!names_its_cause(ran.output)) complain("the message does not name the cause");
}

void fault_lab::judge_end(const fault_point& point, point_result& result) {
  auto session = pg::connection::open(server_.admin(), {.application_name = "judge"});
  const auto rows = [&](std::string_view sql) { return session.query(sql).size(); };
  if (rows("SELECT FROM pg_locks WHERE locktype = 'advisory'") != 0) result.complaints.emplace_back("a lock is left");
  const auto no_session = [&] {
    return rows("SELECT FROM pg_stat_activity WHERE application_name LIKE 'innkeeper%'") == 0;
  };
  if (!eventually(no_session)) result.complaints.emplace_back("a backend of a run is left");
  if (const auto left = innkeeper({"plan", "--check"}, point.run, server_.port()); left.status != 0) {
    result.complaints.push_back("the plan is not empty: " + left.output);
  }
  if (const auto end = read_catalogs(server_.admin()); end != starts_.at(point.run).end) {
    result.complaints.push_back("another end:\n" + difference(starts_.at(point.run).end, end));
  }
  const exec::secret_store store{folder_of(point.run) / "secrets"};
  for (const auto& one : store.list()) {
    const auto entry = store.read(one.server, one.role);
    try {
      (void)pg::connection::open(
          server_.login(one.role.value, entry.value.password.expose(), database_of(one.role.value)),
          {.kind = pg::session_kind::service});
    } catch (const pg::error& refused) {
      result.complaints.push_back(fmt::format("{} can't log in: {}", one.role, refused.what()));
    }
  }
}

// An application that reads its secret at this very moment, wherever the rotation ended.
void fault_lab::judge_applications(const fault_point& point, point_result& result) const {
  if (point.run != run_kind::rotating) return;
  const exec::secret_store store{folder_of(point.run) / "secrets"};
  for (const auto& user : users) {
    const auto log_in = store.in_use("shared", {user});
    const auto entry = store.read("shared", log_in);
    try {
      (void)pg::connection::open(server_.login(log_in.value, entry.value.password.expose(), database_of(log_in.value)),
                                 {.kind = pg::session_kind::service});
    } catch (const pg::error& refused) {
      result.complaints.push_back(fmt::format("an application of {} is refused: {}", user, refused.what()));
    }
  }
}

// What was cut off goes on, and what had not begun by then is asked for again.
void fault_lab::complete(const fault_point& point, const ended_program& first, point_result& result) {
  const auto run = [&](const std::vector<std::string>& words) {
    const auto next = innkeeper(words, point.run, server_.port());
    look_for_secrets("the next run's output", next.output, result);
    if (next.status == 0) return;
    result.complaints.push_back(
        fmt::format("the next run ended with {}:\n{}\nafter the first, which ended with {}:\n{}", next.status,
                    next.output, first.status, first.output));
  };
  run({"apply"});
  if (point.run != run_kind::rotating) return;
  run(rotate_words({"--resume"}));
  std::vector<std::string> not_begun;
  const exec::secret_store store{folder_of(point.run) / "secrets"};
  for (const auto& user : users) {
    if (store.in_use("shared", {user}).value == user) not_begun.push_back(user.substr(0, user.find('_')));
  }
  if (!not_begun.empty()) run(rotate_words(not_begun));
}

point_result fault_lab::try_point(const fault_point& point) {
  point_result result{.point = point};
  try {
    go_back_to(point.run);
    const auto first = run_with_fault(point, result);
    if (point.what.kind == fault_kind::kill_backend) wait_for_recovery();
    judge_first_run(point, first, result);
    judge_applications(point, result);
    look_for_secrets("the first run's output", first.output, result);
    complete(point, first, result);
    judge_end(point, result);
    look_for_secrets("the server's log", server_.log(), result);
  } catch (const std::exception& failed) {
    result.complaints.push_back(fmt::format("{}\nserver log:\n{}", failed.what(), server_.log()));
  }
  return result;
}

std::map<run_kind, traffic_counts> count_messages(const fs::path& binary) {
  const fault_lab lab{binary};
  std::map<run_kind, traffic_counts> all;
  for (const auto run : all_run_kinds) all[run] = lab.counts(run);
  return all;
}

std::vector<point_result> try_points(const fs::path& binary, const std::vector<fault_point>& points,
                                     const std::function<void(const point_result&)>& tell) {
  std::vector<point_result> results(points.size());
  std::mutex guard;
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    std::optional<fault_lab> lab;
    for (std::size_t i = next++; i < points.size(); i = next++) {
      if (!lab) lab.emplace(binary);
      results[i] = lab->try_point(points[i]);
      const std::lock_guard lock{guard};
      tell(results[i]);
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(2U, std::thread::hardware_concurrency()); ++i) threads.emplace_back(work);
  threads.clear();
  return results;
}

std::vector<int> spread(int messages, int most) {
  std::vector<int> chosen;
  for (int i = 0; i < std::min(messages, most); ++i) {
    chosen.push_back(
        most >= messages ? i + 1 : 1 + static_cast<int>(static_cast<long>(i) * (messages - 1) / std::max(1, most - 1)));
  }
  return chosen;
}

}  // namespace innkeeper::test
