#include "exec/directory_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

#include "exec/error.h"

namespace innkeeper::exec {

directory_lock::directory_lock(const std::filesystem::path& directory)
    : opened_{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)} {
  const auto fail = [&](int cause) {
    throw error{exit_code::failed, fmt::format("could not lock directory \"{}\"", directory.string()),
                std::generic_category().message(cause)};
  };
  if (opened_.get() < 0) fail(errno);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (::flock(opened_.get(), LOCK_EX | LOCK_NB) != 0) {
    // Some network file systems have no such locks; what is lost there is only the check against a second runner.
    if (errno == ENOLCK || errno == EOPNOTSUPP || errno == ENOSYS) return;
    if (errno != EWOULDBLOCK && errno != EINTR) fail(errno);
    if (std::chrono::steady_clock::now() > deadline)
      throw error{exit_code::locked,
                  fmt::format("directory \"{}\" is locked by another process", directory.string()),
                  {},
                  "Wait for the other innkeeper to end, then run this again."};
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

}  // namespace innkeeper::exec
