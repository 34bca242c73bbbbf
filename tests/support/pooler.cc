#include "tests/support/pooler.h"

#include <fmt/format.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "exec/process.h"
#include "pg/connection.h"

namespace innkeeper::test {
namespace {

std::string configuration(const cluster& server, const pooler_options& options, int port,
                          const std::filesystem::path& users) {
  return fmt::format(
      "[databases]\n* = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\n"
      "unix_socket_dir =\nauth_type = trust\nauth_file = {}\npool_mode = {}\ndefault_pool_size = "
      "{}\nserver_round_robin = {}\n"
      "max_client_conn = 200\n",
      server.port(), port, users.string(), options.mode, options.pool_size, options.round_robin ? 1 : 0);
}

std::string said_in(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

pooler::pooler(const cluster& server, const std::vector<std::string>& log_ins, const pooler_options& options)
    : port_{free_port()} {
  const auto file = folder_.path() / "pgbouncer.ini";
  const auto users = folder_.path() / "users";
  std::ofstream{file} << configuration(server, options, port_, users);
  std::ofstream list{users};
  for (const auto& one : log_ins) list << fmt::format("\"{}\" \"\"\n", one);
  list.close();
  start(file);
}

pooler::pooler(const std::filesystem::path& configuration, int port) : port_{port} {
  start(configuration);
}

std::string pooler::log() const {
  return said_in(folder_.path() / "log");
}

void pooler::start(const std::filesystem::path& configuration) {
  const auto file = folder_.path() / "log";
  process_ = exec::start_process({.words = {"/usr/sbin/pgbouncer", configuration},
                                  .user = server_user(),
                                  .directory = folder_.path(),
                                  .output = file},
                                 exec::lifetime::ours);
  const auto listens = [&] {
    if (exec::has_ended(process_)) throw std::runtime_error{"pgbouncer ended:\n" + log()};
    return log().find("process up") != std::string::npos;
  };
  if (!eventually(listens)) throw std::runtime_error{"pgbouncer does not start:\n" + log()};
}

pooler::~pooler() {
  ::kill(process_, SIGKILL);
  (void)eventually([&] { return exec::has_ended(process_); });
}

conninfo pooler::through(conninfo log_in) const {
  log_in.endpoints = {{"127.0.0.1", port_}};
  return log_in;
}

}  // namespace innkeeper::test
