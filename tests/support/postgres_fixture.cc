#include "tests/support/postgres_fixture.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

#include "exec/file_lock.h"
#include "pg/connection.h"

namespace innkeeper::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view folder_prefix = "ik-";

std::string read_all(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void require_success(const exec::finished_process& done, std::string_view what) {
  if (done.status != 0) throw std::runtime_error{fmt::format("{} ended with {}:\n{}", what, done.status, done.output)};
}

void run(std::vector<std::string> words, std::string input = {}) {
  const std::string what = words.front();
  require_success(exec::run_process({.words = std::move(words),
                                     .user = server_user(),
                                     .environment = {{"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C"}},
                                     .input = secret{std::move(input)}},
                                    std::chrono::seconds{60}),
                  what);
}

// "ik-4711-Xa82hQ" belongs to process 4711.
void sweep_leftovers(const fs::path& base) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{base, ignored}) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(folder_prefix)) continue;
    pid_t owner = 0;
    const char* digits = name.data() + folder_prefix.size();
    const auto [end, problem] = std::from_chars(digits, name.data() + name.size(), owner);
    if (problem == std::errc{} && *end == '-' && owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH) {
      fs::remove_all(entry.path(), ignored);
    }
  }
}

fs::path scratch_base() {
  static const fs::path base = [] {
    const char* declared = std::getenv("TMPDIR");
    fs::path chosen = ::access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : declared != nullptr ? declared : "/tmp";
    sweep_leftovers(chosen);
    return chosen;
  }();
  return base;
}

void hand_over(const fs::path& folder) {
  const auto user = server_user();
  if (user && ::chown(folder.c_str(), user->uid, user->gid) != 0) {
    throw std::runtime_error{"could not hand over " + folder.string()};
  }
}

fs::path make_folder() {
  std::string name = scratch_base() / fmt::format("{}{}-XXXXXX", folder_prefix, ::getpid());
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary folder: " + name};
  hand_over(name);
  return name;
}

void run_initdb(const cluster_options& options, const fs::path& data) {
  std::vector<std::string> words{postgres_programs() / "initdb",
                                 "-D",
                                 data,
                                 "-U",
                                 options.superuser,
                                 "-E",
                                 "UTF8",
                                 "--locale=C.UTF-8",
                                 "--no-sync"};
  if (options.password.empty()) {
    words.insert(words.end(), {"-A", "trust"});
  } else {
    words.insert(words.end(), {"-A", "scram-sha-256", "--pwfile=/dev/stdin"});
  }
  run(std::move(words), options.password);
}

// ./test names a folder that all its processes share, and removes it.
const fs::path& template_folder() {
  static const auto own =
      std::getenv("INNKEEPER_TEST_TEMPLATES") == nullptr ? std::make_unique<scratch_folder>() : nullptr;
  static const fs::path folder = [] {
    if (own) return own->path();
    const fs::path shared = std::getenv("INNKEEPER_TEST_TEMPLATES");
    hand_over(shared);
    return shared;
  }();
  return folder;
}

// initdb once for each kind of cluster; its copies are quicker to make.
fs::path template_data(const cluster_options& options) {
  const fs::path data =
      template_folder() /
      fmt::format("{}-{}", postgres_major(), std::hash<std::string>{}(options.superuser + "\n" + options.password));
  const exec::file_lock lock{data.string() + ".lock", std::chrono::seconds{60}, {}};
  if (fs::exists(data)) return data;
  const fs::path unfinished = data.string() + ".unfinished";
  fs::remove_all(unfinished);
  run_initdb(options, unfinished);
  fs::rename(unfinished, data);
  return data;
}

std::string quoted_value(const std::string& value) {
  std::string text = "'";
  for (const char c : value) text += c == '\'' ? "''" : std::string{c};
  return text + "'";
}

int failures_so_far() {
  return testing::UnitTest::GetInstance()->failed_test_count() + (testing::Test::HasFailure() ? 1 : 0);
}

}  // namespace

fs::path postgres_programs() {
  if (const char* declared = std::getenv("INNKEEPER_TEST_PG")) return declared;
  int newest = 0;
  for (const auto& entry : fs::directory_iterator{"/usr/lib/postgresql"}) {
    const int major = std::atoi(entry.path().filename().c_str());
    if (fs::exists(entry.path() / "bin/initdb")) newest = std::max(newest, major);
  }
  if (newest == 0) throw std::runtime_error{"no PostgreSQL server programs in /usr/lib/postgresql"};
  return fmt::format("/usr/lib/postgresql/{}/bin", newest);
}

int postgres_major() {
  static const int major = [] {
    const auto said =
        exec::run_process({.words = {postgres_programs() / "postgres", "--version"}}, std::chrono::seconds{60});
    require_success(said, "postgres --version");
    return std::atoi(said.output.substr(said.output.find(") ") + 2).c_str());
  }();
  return major;
}

std::optional<exec::os_user> server_user() {
  if (::geteuid() != 0) return std::nullopt;
  auto user = exec::find_os_user("postgres");
  if (!user) throw std::runtime_error{"there is no OS user postgres, and PostgreSQL refuses to run as root"};
  return user;
}

int free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool known = ::bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(probe);
  if (!known) throw std::runtime_error{"no free port"};
  return ntohs(address.sin_port);
}

scratch_folder::scratch_folder() : path_{make_folder()} {}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

cluster::cluster(cluster_options options) : options_{std::move(options)}, failures_before_{failures_so_far()} {
  try {
    make();
    start();
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    throw;
  }
}

void cluster::make() {
  const auto original = template_data(options_);
  folder_ = make_folder();
  data_ = folder_ / "data";
  log_ = folder_ / "log";
  if (options_.tcp) port_ = free_port();
  run({"/bin/cp", "-a", original, data_});
  append_settings();
}

void cluster::append_settings() {
  std::map<std::string, std::string> settings{{"port", std::to_string(port_)},
                                              {"listen_addresses", options_.tcp ? "127.0.0.1" : ""},
                                              {"unix_socket_directories", folder_},
                                              {"fsync", "off"},
                                              {"synchronous_commit", "off"},
                                              {"full_page_writes", "off"},
                                              {"wal_level", "logical"},
                                              {"max_wal_size", "256MB"},
                                              {"shared_buffers", "32MB"},
                                              {"log_statement", "all"},
                                              {"log_line_prefix", "%m [%p] %u@%d "}};
  for (const auto& [name, value] : options_.settings) settings[name] = value;
  std::ofstream out{data_ / "postgresql.conf", std::ios::app};
  for (const auto& [name, value] : settings) out << name << " = " << quoted_value(value) << "\n";
  if (!out.flush()) throw std::runtime_error{"could not write postgresql.conf"};
}

cluster::~cluster() {
  stop_at_once();
  if (failures_so_far() > failures_before_)
    fmt::print(stderr, "--- server log of {}\n{}---\n", folder_.string(), log());
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void cluster::start() {
  start_without_wait();
  wait_until_ready();
}

void cluster::start_without_wait() {
  postmaster_ = exec::start_process({.words = {postgres_programs() / "postgres", "-D", data_},
                                     .user = server_user(),
                                     .environment = {{"LC_ALL", "C"}, {"TZ", "UTC"}},
                                     .output = log_},
                                    exec::lifetime::ours);
}

bool cluster::is_ready() const {
  const std::string status = read_all(data_ / "postmaster.pid");
  return status.starts_with(std::to_string(postmaster_) + "\n") &&
         (status.find("\nready ") != std::string::npos || status.find("\nstandby ") != std::string::npos);
}

void cluster::wait_until_ready() {
  const auto takes_connections = [&] {
    if (exec::has_ended(postmaster_)) throw std::runtime_error{"the server ended:\n" + log()};
    return is_ready();
  };
  if (!eventually(takes_connections, 60)) throw std::runtime_error{"the server did not start:\n" + log()};
}

void cluster::stop() {
  ::kill(postmaster_, SIGINT);
  if (!eventually([&] { return exec::has_ended(postmaster_); }, 60)) throw std::runtime_error{"no stop:\n" + log()};
  postmaster_ = 0;
}

// Nothing here is worth a checkpoint.
void cluster::stop_at_once() {
  if (postmaster_ == 0) return;
  ::kill(postmaster_, SIGQUIT);
  if (!eventually([&] { return exec::has_ended(postmaster_); })) ::kill(postmaster_, SIGKILL);
  postmaster_ = 0;
}

void cluster::kill9() {
  ::kill(postmaster_, SIGKILL);
  if (!eventually([&] { return exec::has_ended(postmaster_); })) throw std::runtime_error{"SIGKILL did not kill"};
  postmaster_ = 0;
}

void cluster::recover() {
  // While a child of the dead postmaster still holds the shared memory, a new one ends at once.
  const auto starts = [&] {
    start_without_wait();
    return eventually([&] { return exec::has_ended(postmaster_) || is_ready(); }) && is_ready();
  };
  if (postmaster_ != 0 && !eventually([&] { return exec::has_ended(postmaster_); })) {
    throw std::runtime_error{"the postmaster lives"};
  }
  if (!eventually(starts, 60)) throw std::runtime_error{"no recovery:\n" + log()};
}

void cluster::save(const std::string& name) {
  stop();
  run({"/bin/cp", "-a", data_, folder_ / name});
  start();
}

void cluster::go_back_to(const std::string& name) {
  stop_at_once();
  fs::remove_all(data_);
  run({"/bin/cp", "-a", folder_ / name, data_});
  start();
}

void cluster::clear_log() {
  fs::resize_file(log_, 0);
}

void cluster::restart() {
  stop();
  start();
}

void cluster::set(const std::string& name, const std::string& value) {
  options_.settings[name] = value;
  append_settings();
}

void cluster::reload() {
  auto session = pg::connection::open(admin(), {});
  session.query("SELECT pg_catalog.pg_reload_conf()");
}

std::string cluster::log() const {
  return read_all(log_);
}

int cluster::major() const {
  return std::atoi(read_all(data_ / "PG_VERSION").c_str());
}

conninfo cluster::admin(const std::string& database) const {
  return login(options_.superuser, options_.password, database);
}

conninfo cluster::login(const std::string& role, const std::string& password, const std::string& database) const {
  conninfo target{.endpoints = {{folder_, port_}}, .user = {role}, .database = {database}};
  if (!password.empty()) target.password = secret{password};
  return target;
}

conninfo cluster::admin_by_tcp(const std::string& database) const {
  auto target = admin(database);
  target.endpoints = {{"127.0.0.1", port_}};
  return target;
}

std::string cluster::fresh_name(std::string_view hint) {
  static int counter = 0;
  return fmt::format("{}_{}", hint, ++counter);
}

std::string cluster::fresh_database() {
  std::string name = fresh_name("db");
  auto session = pg::connection::open(admin(), {});
  session.query(fmt::format("CREATE DATABASE {} TEMPLATE template0", name));
  return name;
}

cluster& shared_cluster() {
  static cluster one;
  return one;
}

}  // namespace innkeeper::test
