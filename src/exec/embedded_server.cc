#include "exec/embedded_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <deque>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "core/postgresql_conf.h"
#include "core/scram.h"
#include "core/sql.h"
#include "exec/embedded_doors.h"
#include "exec/embedded_places.h"
#include "exec/embedded_reload.h"
#include "exec/embedded_tls.h"
#include "exec/error.h"
#include "exec/file_lock.h"
#include "exec/port.h"
#include "exec/postmaster.h"
#include "exec/private_file.h"
#include "exec/process.h"
#include "exec/random.h"
#include "pg/connection.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;
using clock = std::chrono::steady_clock;

constexpr std::string_view our_conf = "innkeeper.conf";
constexpr std::string_view unfinished = "data.initdb-";
constexpr std::string_view discarded = "data.purged-";
constexpr std::uintmax_t longest_log = 64UL << 20U;

// One call's view of its server.
struct job {
  const estate& all;
  const server_declaration& server;
  const event_sink& sink;
  const machine& here;
  embedded_places places;

  [[nodiscard]] const embedded_paths& paths() const { return places.paths; }
  void tell(event_kind kind, std::string text) const {
    if (sink) sink({.kind = kind, .server = server.name, .text = std::move(text)});
  }
};

std::optional<secret> kept_password(const embedded_paths& paths) {
  std::string text;
  try {
    text = read_whole(paths.admin_password_file);
  } catch (const error&) {
    return std::nullopt;  // another user's: the admin's other sources are asked
  }
  while (text.ends_with('\n')) text.pop_back();
  if (text.empty()) return std::nullopt;
  return secret{std::move(text)};
}

conninfo admin_conninfo(const job& run, int port, std::optional<secret> password) {
  return {.endpoints = {{run.paths().socket_directory, port}},
          .user = run.server.admin.user.value,
          .database = {"postgres"},
          .password = std::move(password)};
}

// ---- programs

bool has_programs(const fs::path& bin) {
  return fs::exists(bin / "initdb") && fs::exists(bin / "postgres");
}

std::vector<int> installed_majors(const machine& here) {
  std::set<int> majors;
  for (const auto& root : here.programs) {
    std::error_code problem;
    for (fs::directory_iterator entry{root, problem}, end; !problem && entry != end; entry.increment(problem)) {
      const int major = std::atoi(entry->path().filename().c_str());
      if (major > 0 && has_programs(entry->path() / "bin")) majors.insert(major);
    }
  }
  return {majors.begin(), majors.end()};
}

[[noreturn]] void refuse_missing_programs(const job& run, int wanted) {
  const auto installed = installed_majors(run.here);
  const auto version = wanted == 0 ? std::string{} : fmt::format(" {}", wanted);
  const auto folder = wanted == 0 ? std::string{"MAJOR"} : std::to_string(wanted);
  std::vector<std::string> places;
  for (const auto& root : run.here.programs) places.push_back(root / folder / "bin");
  throw error{
      exit_code::unavailable,
      fmt::format("server \"{}\" needs the programs of PostgreSQL{}, which are not installed", run.server.name,
                  version),
      fmt::format("looked in {}; installed: {}", fmt::join(places, ", "),
                  installed.empty() ? "none" : fmt::format("{}", fmt::join(installed, ", "))),
      fmt::format(
          "Install the {}, or set INNKEEPER_POSTGRES_PROGRAMS to a folder that has {}/bin, or name a server with "
          "url.",
          wanted == 0 ? "Debian package postgresql" : fmt::format("package postgresql-{} (Debian 12 has 15)", wanted),
          folder)};
}

[[noreturn]] void refuse_major(const job& run, int of_data, int wanted) {
  throw error{exit_code::invalid,
              fmt::format("the data of server \"{}\" is PostgreSQL {}'s and cannot be used by PostgreSQL {}",
                          run.server.name, of_data, wanted),
              fmt::format("data directory: {}", run.paths().data.string()),
              fmt::format("Install postgresql-{0} and go on with it, or bring the data to {1} with pg_upgrade, or with "
                          "pg_dumpall on {0} and a restore on {1}.",
                          of_data, wanted)};
}

int choose_major(const job& run) {
  const int of_data = data_major(run.paths().data);
  const auto installed = installed_majors(run.here);
  const int declared_major = run.server.embedded.major;
  if (of_data != 0 && declared_major != 0 && of_data != declared_major) refuse_major(run, of_data, declared_major);
  if (installed.empty()) refuse_missing_programs(run, of_data != 0 ? of_data : declared_major);
  const int wanted = of_data != 0 ? of_data : declared_major;
  if (wanted == 0) return installed.back();
  if (std::ranges::find(installed, wanted) != installed.end()) return wanted;
  if (of_data != 0) refuse_major(run, of_data, installed.back());
  refuse_missing_programs(run, wanted);
}

fs::path program(const job& run, int major, std::string_view name) {
  const fs::path bin = fs::path{std::to_string(major)} / "bin";
  const auto root =
      std::ranges::find_if(run.here.programs, [&](const fs::path& one) { return has_programs(one / bin); });
  return (root == run.here.programs.end() ? run.here.programs.back() : *root) / bin / name;
}

std::map<std::string, std::string> plain_environment() {
  return {{"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C"}};
}

// ---- data

void remove_siblings(const embedded_paths& paths, std::string_view prefix) {
  std::error_code problem;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator{paths.data.parent_path(), problem}) {
    if (entry.path().filename().string().starts_with(prefix)) found.push_back(entry.path());
  }
  // What a process still writes to stays for the next time.
  for (const auto& one : found) fs::remove_all(one, problem);
}

void require_data_or_nothing(const job& run) {
  const auto& data = run.paths().data;
  if (data_major(data) != 0 || !fs::exists(data) || fs::is_empty(data)) return;
  throw error{exit_code::invalid, fmt::format("\"{}\" is not empty and holds no PostgreSQL data", data.string()),
              "it has no readable PG_VERSION", "Move it away, or restore it from a backup."};
}

secret password_for(const job& run, const std::optional<secret>& given, bool is_new) {
  const auto& file = run.paths().admin_password_file;
  if (given) {
    if (given->empty() || given->expose().find_first_of(std::string_view{"\n\r\0", 3}) != std::string::npos)
      throw error{exit_code::invalid,
                  fmt::format("the admin password of server \"{}\" is empty or not one line", run.server.name)};
    return *given;
  }
  if (auto kept = kept_password(run.paths())) return *kept;
  if (!is_new || fs::exists(file)) {
    throw error{exit_code::invalid,
                fmt::format("the admin password of server \"{}\" is lost: no source has one, and \"{}\" is {}",
                            run.server.name, file.string(), fs::exists(file) ? "empty or unreadable" : "gone"),
                fmt::format("the data is there: {}", run.paths().data.string()),
                "Put the password back into that file or into one of the manifest's sources. To begin anew without the "
                "data, run innkeeper down --purge."};
  }
  (void)create_private_file(file, generate_password().expose() + "\n");
  if (auto kept = kept_password(run.paths())) return *kept;
  throw error{exit_code::failed, fmt::format("could not read back \"{}\"", file.string())};
}

void initialise(const job& run, int major, const std::optional<os_user>& runs_as, const secret& password) {
  const auto& paths = run.paths();
  run.tell(event_kind::note, fmt::format("making PostgreSQL {} data in {}", major, paths.data.string()));
  const auto place = paths.data.parent_path() / fmt::format("{}{}", unfinished, random_name());
  const auto& declared_as = run.server.embedded;
  const auto done = run_process(
      {.words = {program(run, major, "initdb"), "-D", place, "-U", run.server.admin.user.value.value,
                 "--pwfile=/dev/stdin", "--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--data-checksums",
                 "-E", declared_as.encoding, fmt::format("--locale={}", declared_as.locale)},
       .user = runs_as,
       .environment = plain_environment(),
       .input = secret{password.expose() + "\n"}},
      run.here.patience);
  if (done.status != 0) {
    std::error_code ignored;
    fs::remove_all(place, ignored);
    throw error{exit_code::failed, fmt::format("could not make the data of server \"{}\"", run.server.name),
                done.output};
  }
  const auto conf = place / "postgresql.conf";
  write_private_file(conf, read_whole(conf) + fmt::format("\n# Written anew by innkeeper at each start.\n"
                                                          "include_if_exists = '{}'\n",
                                                          our_conf));
  hand_over(conf, runs_as);
  fs::rename(place, paths.data);  // over nothing, or an empty folder
  const int parent = ::open(paths.data.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (parent >= 0) {
    ::fsync(parent);
    ::close(parent);
  }
}

// ---- start

void write_settings(const job& run, const std::optional<os_user>& runs_as) {
  const std::string text =
      "# The manifest's settings. Written by innkeeper at each start; changes made here are lost.\n" +
      tls_inclusion(run.paths()) + print_conf(run.server.settings);
  (void)write_for_server(run.paths().data / our_conf, text, runs_as);
}

// Certificates of log-ins are shown over TLS, or not at all.
void require_tls_for_certificates(const job& run) {
  const auto log_ins = log_ins_by_certificate(run.all, run.server.name);
  if (log_ins.empty() || wants_tls(run.server, run.paths())) return;
  throw error{
      exit_code::invalid,
      fmt::format("log-in \"{}\" shows a certificate, and server \"{}\" has no TLS", log_ins.front(), run.server.name),
      to_string(run.server.where), "Say embedded: {tls: true} in the manifest, or run innkeeper up --tls."};
}

void require_good_settings(const job& run) {
  auto problems = check_embedded_settings(run.server.settings);
  if (problems.empty() && wants_tls(run.server, run.paths())) problems = check_tls_settings(run.server.settings);
  if (problems.empty()) return;
  std::string rest;
  for (std::size_t i = 1; i < problems.size(); ++i) rest += to_string(problems[i]);
  throw error{exit_code::invalid, fmt::format("{}: {}", to_string(problems[0].where), problems[0].message), rest,
              problems[0].hint};
}

// What the server wrote since then, its last lines.
std::string last_words(const fs::path& log, std::uintmax_t since) {
  std::ifstream in{log};
  in.seekg(static_cast<std::streamoff>(since));
  std::deque<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) continue;
    lines.push_back(line);
    if (lines.size() > 8) lines.pop_front();
  }
  std::string text;
  for (const auto& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

const std::pair<const std::string, declared<std::string>>* setting_named_in(const job& run, const std::string& words) {
  for (const auto& one : run.server.settings) {
    if (words.find(fmt::format("\"{}\"", one.first)) != std::string::npos) return &one;
  }
  return nullptr;
}

[[noreturn]] void refuse_start(const job& run, const std::string& words) {
  const auto detail = fmt::format("the server's log ({}) says:\n{}", run.paths().log.string(), words);
  if (const auto* setting = setting_named_in(run, words)) {
    throw error{exit_code::invalid,
                fmt::format("{}: server \"{}\" does not start with setting \"{}\"", to_string(setting->second.where),
                            run.server.name, setting->first),
                detail, "Correct it in the manifest, then run innkeeper up again."};
  }
  throw error{exit_code::unavailable, fmt::format("server \"{}\" did not start", run.server.name), detail};
}

std::uintmax_t size_of(const fs::path& file) {
  std::error_code problem;
  const auto size = fs::file_size(file, problem);
  return problem ? 0 : size;
}

void rotate_log(const fs::path& log) {
  if (size_of(log) > longest_log) fs::rename(log, log.string() + ".1");
}

// No other server uses this folder, so these are left from one that died; its process id may be somebody else's now.
void remove_stale_sockets(const fs::path& folder) {
  std::error_code problem;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator{folder, problem}) {
    if (entry.path().filename().string().starts_with(".s.PGSQL.")) found.push_back(entry.path());
  }
  for (const auto& one : found) fs::remove(one, problem);
}

std::vector<std::string> server_command(const job& run, int major, int port) {
  std::vector<std::string> words{program(run, major, "postgres"), "-D", run.paths().data};
  // On the command line, where ALTER SYSTEM cannot change them.
  const auto set = [&](std::string_view name, std::string_view value) {
    if (run.server.settings.contains(std::string{name})) return;
    words.push_back("-c");
    words.push_back(fmt::format("{}={}", name, value));
  };
  set("port", std::to_string(port));
  set("unix_socket_directories", fmt::format("\"{}\"", run.paths().socket_directory.string()));
  set("listen_addresses", "127.0.0.1");
  return words;
}

void wait_until_ready(const job& run, std::optional<pid_t> child, std::uintmax_t log_begin) {
  const auto begin = clock::now();
  for (bool has_told = false;;) {
    const auto seen = find_postmaster(run.paths().data);
    if (seen && seen->is_ready && (!child || seen->pid == *child)) return;
    if (child ? has_ended(*child) : !seen) refuse_start(run, last_words(run.paths().log, log_begin));
    const auto waited = clock::now() - begin;
    if (waited > run.here.patience) {
      throw error{exit_code::unavailable,
                  fmt::format("server \"{}\" is not ready after {} s", run.server.name,
                              std::chrono::duration_cast<std::chrono::seconds>(waited).count()),
                  fmt::format("the server's log ({}) ends with:\n{}", run.paths().log.string(),
                              last_words(run.paths().log, log_begin)),
                  "It goes on starting: run innkeeper up again to wait longer."};
    }
    if (!has_told && waited > std::chrono::seconds{2}) {
      run.tell(event_kind::note, fmt::format("server \"{}\" is starting up", run.server.name));
      has_told = true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

door_job doors_of(const job& run, const std::optional<os_user>& runs_as) {
  return {run.all,  run.server, run.paths(),
          run.here, runs_as,    [&run](std::string text) { run.tell(event_kind::note, std::move(text)); }};
}

embedded_record record_of(const job& run, int port) {
  const auto& paths = run.paths();
  embedded_record record{paths.data, paths.log, paths.socket_directory, port};
  if (has_tls(paths)) record.root_certificates = tls_files_of(paths).roots;
  return record;
}

// Where the running server listens: its socket, which is removed with a session's runtime folder, or by TCP.
conninfo running_admin(const job& run, const postmaster& running, const secret& password) {
  auto admin = admin_conninfo(run, running.port, password);
  const fs::path folder = running.socket_directory.empty() ? run.paths().socket_directory : running.socket_directory;
  std::error_code problem;
  const bool has_socket = fs::exists(folder / fmt::format(".s.PGSQL.{}", running.port), problem);
  admin.endpoints = {has_socket ? endpoint{folder, running.port} : endpoint{"127.0.0.1", running.port}};
  return admin;
}

// What `write_doors` changed, while it runs: nobody's session ends.
void read_anew(const job& run, const postmaster& running, const secret& password) {
  const auto log_begin = size_of(run.paths().log);
  const reload_watch watch{running_admin(run, running, password)};
  if (::kill(running.pid, SIGHUP) != 0) {
    throw error{exit_code::not_permitted, fmt::format("could not reload server \"{}\"", run.server.name),
                std::generic_category().message(errno), "Run this as the user that started it, or as root."};
  }
  const auto patience = std::min<std::chrono::milliseconds>(run.here.patience, std::chrono::seconds{20});
  if (const auto problem = watch.problem(patience); !problem.empty()) {
    throw error{exit_code::failed, fmt::format("server \"{}\" did not take its files: {}", run.server.name, problem),
                fmt::format("the server's log ({}) says:\n{}", run.paths().log.string(),
                            last_words(run.paths().log, log_begin)),
                "It goes on as it was. Correct that line, then run innkeeper up again."};
  }
  if (const auto problem = problem_of_doors(run.paths(), running.port, patience); !problem.empty()) {
    throw error{exit_code::failed,
                fmt::format("server \"{}\" did not take what it was told of TLS: {}", run.server.name, problem),
                fmt::format("the server's log ({}) says:\n{}", run.paths().log.string(),
                            last_words(run.paths().log, log_begin)),
                "A setting of ALTER SYSTEM may stand in the way: look at pg_settings for ssl*."};
  }
  note_doors_read(run.paths());
  remember(run.all, run.server, record_of(run, running.port));
  run.tell(event_kind::note, fmt::format("reloaded server \"{}\"", run.server.name));
}

void launch(const job& run, int major, int port, const std::optional<os_user>& runs_as) {
  const auto& paths = run.paths();
  remember(run.all, run.server, record_of(run, port));
  remove_stale_sockets(paths.socket_directory);
  rotate_log(paths.log);
  const auto log_begin = size_of(paths.log);
  const pid_t child = start_process({.words = server_command(run, major, port),
                                     .user = runs_as,
                                     .environment = plain_environment(),
                                     .directory = paths.data,
                                     .output = paths.log},
                                    lifetime::its_own);
  hand_over(paths.log, runs_as);
  wait_until_ready(run, child, log_begin);
}

[[noreturn]] void refuse_port(const job& run, int port) {
  const auto who = listener_on(port);
  const bool is_declared = run.server.embedded.port != 0;
  throw error{exit_code::unavailable,
              fmt::format("port {} of server \"{}\" is taken{}", port, run.server.name,
                          who.empty() ? std::string{} : " by " + who),
              is_declared ? "the manifest declares this port" : "it was chosen at the first start and is remembered",
              "End what listens there, or declare another one as embedded: {port: …}; the services' connection strings "
              "change with it."};
}

void launch_on_some_port(const job& run, int major, const std::optional<os_user>& runs_as) {
  const int known = run.server.embedded.port != 0 ? run.server.embedded.port : run.places.remembered_port;
  if (known != 0) {
    if (!is_port_free(known)) refuse_port(run, known);
    return launch(run, major, known, runs_as);
  }
  const auto seed = std::hash<std::string>{}(run.paths().state.string());
  for (int attempt = 0;; ++attempt) {
    const int port = choose_port(seed + static_cast<std::size_t>(attempt) * 97);
    try {
      return launch(run, major, port, runs_as);
    } catch (const error&) {
      // Somebody was quicker to take that port.
      if (attempt == 4 || is_port_free(port)) throw;
    }
  }
}

// ---- what it is

job make_job(const estate& all, const server_declaration& server, const event_sink& sink, const machine& here) {
  return {all, server, sink, here, find_places(all, server, here)};
}

embedded_status status_of(const job& run, std::optional<secret> password) {
  embedded_status status{.major = data_major(run.paths().data), .paths = run.paths()};
  status.initialised = status.major != 0;
  status.port = run.server.embedded.port != 0 ? run.server.embedded.port : run.places.remembered_port;
  if (const auto server = find_postmaster(status.paths.data)) {
    status.running = server->is_ready;
    status.pid = server->pid;
    if (server->port != 0) status.port = server->port;
    if (!server->socket_directory.empty()) status.paths.socket_directory = server->socket_directory;
  }
  if (const auto installed = installed_majors(run.here); status.major == 0 && !installed.empty()) {
    status.major = run.server.embedded.major != 0 ? run.server.embedded.major : installed.back();
  }
  status.admin = admin_conninfo(run, status.port, std::move(password));
  status.address = {"127.0.0.1", status.port};
  if (has_tls(status.paths)) status.root_certificates = tls_files_of(status.paths).roots;
  // A session's runtime folder is removed when its user logs out; the server stays.
  std::error_code problem;
  const auto socket = status.paths.socket_directory / fmt::format(".s.PGSQL.{}", status.port);
  status.admin.endpoints = {fs::exists(socket, problem) ? endpoint{status.paths.socket_directory, status.port}
                                                        : status.address};
  return status;
}

bool opens(conninfo target, const secret& password) {
  target.password = password;
  try {
    (void)pg::connection::open(target, {});
    return true;
  } catch (const pg::error& failure) {
    if (failure.is_not_permitted()) return false;
    throw;
  }
}

void replace_password(const job& run, conninfo target, const secret& kept, const secret& given) {
  target.password = kept;
  auto session = pg::connection::open(target, {});
  const auto verifier = scram_verifier(given, random_salt());
  const std::string role = quoted(run.server.admin.user.value);
  session.query(fmt::format("ALTER ROLE {} PASSWORD {}", role, quote_literal(verifier.expose())),
                fmt::format("ALTER ROLE {} PASSWORD …", role));
  run.tell(event_kind::note, "the admin has the declared password now");
}

// A password that was declared after the first start becomes the server's, and the kept one is forgotten. Where neither
// opens, the wait that follows tells.
void adopt_declared_password(const job& run, const conninfo& admin, const secret& given) {
  const auto kept = kept_password(run.paths());
  if (!kept) return;
  if (!opens(admin, given)) {
    if (!opens(admin, *kept)) return;
    replace_password(run, admin, *kept, given);
  }
  fs::remove(run.paths().admin_password_file);
}

file_lock take_lock_of(const job& run) {
  return file_lock{run.paths().state / "lock", run.here.patience, [&] {
                     run.tell(event_kind::waiting,
                              fmt::format("another innkeeper starts or stops server \"{}\"", run.server.name));
                   }};
}

// ---- stop

void stop_postmaster(const job& run, pid_t process) {
  run.tell(event_kind::note, fmt::format("stopping server \"{}\"", run.server.name));
  const auto signal = [&](int which) {
    if (::kill(process, which) != 0 && errno != ESRCH) {
      throw error{exit_code::not_permitted, fmt::format("could not stop server \"{}\"", run.server.name),
                  std::generic_category().message(errno), "Run this as the user that started it, or as root."};
    }
  };
  signal(SIGINT);
  const auto begin = clock::now();
  for (bool has_insisted = false; !has_ended(process);) {
    if (!has_insisted && clock::now() - begin > std::chrono::seconds{60}) {
      run.tell(event_kind::note, "it takes long: stopping it at once; it will recover at its next start");
      signal(SIGQUIT);
      has_insisted = true;
    }
    if (clock::now() - begin > std::chrono::seconds{90}) {
      throw error{exit_code::may_retry, fmt::format("server \"{}\" does not stop", run.server.name),
                  fmt::format("process {}", process)};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

void stop_locked(const job& run) {
  if (const auto server = find_postmaster(run.paths().data)) stop_postmaster(run, server->pid);
  clear_remains(run.paths().data, [&](const std::string& text) { run.tell(event_kind::waiting, text); });
}

void remove_if_empty(const fs::path& folder) {
  ::rmdir(folder.c_str());
}

template <class Work>
auto with_clear_errors(Work work) {
  try {
    return work();
  } catch (const fs::filesystem_error& failure) {
    throw error{exit_code::failed, fmt::format("could not use \"{}\"", failure.path1().string()),
                failure.code().message()};
  }
}

}  // namespace

embedded_status inspect_embedded(const estate& all, const server_declaration& server, const machine& here) {
  return with_clear_errors([&] {
    const event_sink nobody;
    const auto run = make_job(all, server, nobody, here);
    return status_of(run, kept_password(run.paths()));
  });
}

embedded_status start_embedded(const estate& all, const server_declaration& server,
                               const std::optional<secret>& admin_password, const event_sink& tell,
                               const machine& here) {
  return with_clear_errors([&] {
    auto run = make_job(all, server, tell, here);
    require_good_settings(run);
    require_tls_for_certificates(run);
    const auto runs_as = user_for(run.paths());
    make_places(run.paths(), here, runs_as);
    const auto lock = take_lock_of(run);
    run.places = find_places(all, server, here);

    require_data_or_nothing(run);
    const bool is_new = data_major(run.paths().data) == 0;
    const auto password = password_for(run, admin_password, is_new);
    if (auto running = find_postmaster(run.paths().data); !running) {
      clear_remains(run.paths().data, [&](const std::string& text) { run.tell(event_kind::waiting, text); });
    }
    if (find_postmaster(run.paths().data)) {
      wait_until_ready(run, std::nullopt, size_of(run.paths().log));
      if (write_doors(doors_of(run, runs_as))) {
        if (const auto running = find_postmaster(run.paths().data)) read_anew(run, *running, password);
      }
    } else {
      const int major = choose_major(run);
      remove_siblings(run.paths(), unfinished);
      remove_siblings(run.paths(), discarded);
      if (is_new) initialise(run, major, runs_as, password);
      write_settings(run, runs_as);
      (void)write_doors(doors_of(run, runs_as));
      launch_on_some_port(run, major, runs_as);
      note_doors_read(run.paths());
    }
    run.places = find_places(all, server, here);
    auto status = status_of(run, password);
    if (admin_password) adopt_declared_password(run, status.admin, *admin_password);
    return status;
  });
}

void stop_embedded(const estate& all, const server_declaration& server, const event_sink& tell, const machine& here) {
  return with_clear_errors([&] {
    const auto run = make_job(all, server, tell, here);
    if (!fs::exists(run.paths().data)) return;
    (void)user_for(run.paths());
    ensure_private_directory(run.paths().state);
    const auto lock = take_lock_of(run);
    stop_locked(run);
  });
}

void purge_embedded(const estate& all, const server_declaration& server, const event_sink& tell, const machine& here) {
  return with_clear_errors([&] {
    const auto run = make_job(all, server, tell, here);
    const auto& paths = run.paths();
    const auto base = paths.data.parent_path();
    (void)user_for(paths);
    if (!fs::exists(paths.state) && !fs::exists(base)) return forget(all, server);
    ensure_private_directory(paths.state);
    const auto lock = take_lock_of(run);
    stop_locked(run);
    // Renamed first: data that is half removed must not look like data.
    if (fs::exists(paths.data)) fs::rename(paths.data, base / fmt::format("{}{}", discarded, random_name()));
    remove_siblings(paths, discarded);
    remove_siblings(paths, unfinished);
    fs::remove(paths.log);
    fs::remove(paths.log.string() + ".1");
    fs::remove(paths.admin_password_file);
    const auto tls = tls_files_of(paths);
    fs::remove_all(tls.authority.parent_path());
    fs::remove(tls.roots);
    fs::remove(tls.server);
    fs::remove_all(paths.socket_directory);
    forget(all, server);
    if (base != paths.state) {
      remove_if_empty(base);
      remove_if_empty(base.parent_path());
    }
    lock.remove_file();
    remove_if_empty(paths.state);
  });
}

}  // namespace innkeeper::exec
