#include "exec/port.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "exec/error.h"
#include "exec/process.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;

struct listener {
  std::string inode;
  uid_t uid = 0;
};

// Columns: number, local address:port, remote, state (0A listens), queues, timer, retransmits, uid, timeout, inode.
std::optional<listener> find_listener(const char* table, int port) {
  std::ifstream file{table};
  std::string line;
  std::getline(file, line);
  const std::string suffix = fmt::format(":{:04X}", port);
  while (std::getline(file, line)) {
    std::istringstream words{line};
    std::string number, local, remote, state, queues, timer, retransmits, timeout;
    listener found;
    words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> found.uid >> timeout >>
        found.inode;
    if (words && state == "0A" && local.ends_with(suffix)) return found;
  }
  return std::nullopt;
}

bool holds_socket(const fs::path& process, const std::string& target) {
  std::error_code problem;
  for (fs::directory_iterator entry{process / "fd", problem}, end; !problem && entry != end; entry.increment(problem)) {
    std::error_code ignored;
    if (fs::read_symlink(entry->path(), ignored) == target) return true;
  }
  return false;
}

std::string process_with_socket(const std::string& inode) {
  const std::string target = fmt::format("socket:[{}]", inode);
  std::error_code problem;
  for (fs::directory_iterator entry{"/proc", problem}, end; !problem && entry != end; entry.increment(problem)) {
    const std::string id = entry->path().filename();
    if (id.find_first_not_of("0123456789") != std::string::npos || !holds_socket(entry->path(), target)) continue;
    std::string name;
    std::ifstream comm{entry->path() / "comm"};
    std::getline(comm, name);
    return fmt::format("{} (process {})", name, id);
  }
  return {};
}

}  // namespace

bool is_port_free(int port) {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // As PostgreSQL does: connections that linger after their server don't count.
  const int yes = 1;
  ::setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool is_free =
      ::bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && ::listen(probe, 1) == 0;
  ::close(probe);
  return is_free;
}

int choose_port(std::size_t seed) {
  constexpr int first = 20000;
  constexpr int count = 10000;
  for (int step = 0; step < count; ++step) {
    const int port = first + static_cast<int>((seed + static_cast<std::size_t>(step)) % count);
    if (is_port_free(port)) return port;
  }
  throw error{exit_code::failed,
              fmt::format("no port from {} to {} is free", first, first + count - 1),
              {},
              "Declare one as embedded: {port: …}."};
}

std::string listener_on(int port) {
  auto found = find_listener("/proc/net/tcp", port);
  if (!found) found = find_listener("/proc/net/tcp6", port);
  if (!found) return {};
  if (auto process = process_with_socket(found->inode); !process.empty()) return process;
  const auto user = find_os_user(found->uid);
  return fmt::format("a process of OS user {}", user ? user->name : std::to_string(found->uid));
}

}  // namespace innkeeper::exec
