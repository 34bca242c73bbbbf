#include "exec/embedded_doors.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "core/hba_block.h"
#include "core/postgresql_conf.h"
#include "exec/certificate_probe.h"
#include "exec/embedded_places.h"
#include "exec/embedded_tls.h"
#include "exec/error.h"
#include "exec/log_in_key.h"
#include "exec/private_file.h"
#include "exec/tcp.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;

std::chrono::sys_seconds seconds_now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

// Stands from before the first change until the server has read it: a run that is cut off in between is completed by
// the next.
fs::path pending_file(const embedded_paths& paths) {
  return paths.state / "reload";
}

void note_pending(const embedded_paths& paths) {
  (void)create_private_file(pending_file(paths), "The server has to read its files anew.\n");
}

void change(const door_job& run, const fs::path& file, const std::string& text) {
  if (read_whole(file) != text) note_pending(run.paths);
  (void)write_for_server(file, text, run.runs_as);
}

// A server that an earlier version started doesn't include them yet.
void include_tls_settings(const door_job& run) {
  const auto file = run.paths.data / "innkeeper.conf";
  const auto text = read_whole(file);
  const auto line = tls_inclusion(run.paths);
  if (text.find(line) == std::string::npos) change(run, file, line + text);
}

void write_tls(const door_job& run) {
  const auto file = tls_settings_file(run.paths);
  if (!wants_tls(run.server, run.paths)) {
    if (!fs::exists(file)) return;
    note_pending(run.paths);
    fs::remove(file);
    run.note(fmt::format("server \"{}\" goes on without TLS", run.server.name));
    return;
  }
  const auto files = tls_files_of(run.paths);
  keep_certificates({files, names_for_certificate(run.server, run.here), seconds_now(), run.runs_as,
                     [&] { note_pending(run.paths); }, run.note});
  change(run, file, tls_settings(files));
  include_tls_settings(run);
}

hba_wishes wishes_of(const estate& all, const server_declaration& server, const embedded_paths& paths) {
  if (!wants_tls(server, paths)) return {};
  return {.only_tls = server.hardening.tls.value == tls_rule::require,
          .by_certificate = log_ins_by_certificate(all, server.name)};
}

void write_hba_block(const door_job& run) {
  const auto file = run.paths.data / "pg_hba.conf";
  change(run, file, with_hba_block(read_whole(file), wishes_of(run.all, run.server, run.paths)));
}

void write_client_certificates(const door_job& run) {
  const auto log_ins = log_ins_by_certificate(run.all, run.server.name);
  if (log_ins.empty() || !wants_tls(run.server, run.paths)) return;
  const auto authority = read_authority(tls_files_of(run.paths));
  const secret_store store{run.all.secrets_directory};
  for (const auto& role : log_ins) {
    if (keep_client_certificate(client_files_of(store, run.server.name, role), authority, role, seconds_now())) {
      run.note(fmt::format("made the certificate of log-in \"{}\"", role));
    }
  }
}

}  // namespace

bool has_tls(const embedded_paths& paths) {
  std::error_code problem;
  return fs::exists(tls_settings_file(paths), problem);
}

bool wants_tls(const server_declaration& server, const embedded_paths& paths) {
  return server.embedded.tls.value_or(has_tls(paths));
}

std::string tls_inclusion(const embedded_paths& paths) {
  return fmt::format("include_if_exists = {}\n", quote_conf_value(tls_settings_file(paths).filename().string()));
}

bool write_doors(const door_job& run) {
  write_tls(run);
  write_client_certificates(run);
  write_hba_block(run);
  return fs::exists(pending_file(run.paths));
}

void note_doors_read(const embedded_paths& paths) {
  fs::remove(pending_file(paths));
}

bool are_doors_outdated(const estate& all, const server_declaration& server, const machine& here) {
  const auto paths = find_places(all, server, here).paths;
  try {
    const auto file = read_whole(paths.data / "pg_hba.conf");
    return !file.empty() && file != with_hba_block(file, wishes_of(all, server, paths));
  } catch (const error&) {
    return false;  // another user's
  }
}

std::string problem_of_doors(const embedded_paths& paths, int port, std::chrono::milliseconds patience) {
  const auto files = tls_files_of(paths);
  const bool is_on = has_tls(paths);
  const conninfo target{.parameters = {{"sslmode", "verify-full"}, {"sslrootcert", files.roots}}};
  const auto problem_now = [&]() -> std::string {
    try {
      const auto shown = look_at_certificate(target, {"127.0.0.1", port}, std::chrono::seconds{5});
      if (!shown) return is_on ? "it offers no TLS" : "";
      if (!is_on) return "it goes on with TLS";
      if (shown->trouble != tls_trouble::none) return fmt::format("it {}", to_string(shown->trouble));
      const bool is_new = shown->server == read_certificate(read_whole(files.server));
      return is_new ? "" : "it shows its former certificate";
    } catch (const unreached& failed) {
      return failed.text;
    }
  };
  const auto deadline = std::chrono::steady_clock::now() + patience;
  auto problem = problem_now();
  while (!problem.empty() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    problem = problem_now();
  }
  return problem;
}

}  // namespace innkeeper::exec
