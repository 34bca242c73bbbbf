#include "exec/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

#include "exec/error.h"

namespace innkeeper::exec {

file_lock::file_lock(std::filesystem::path file, std::chrono::milliseconds timeout,
                     const std::function<void()>& waiting)
    : file_{std::move(file)} {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  for (bool has_told = false; !try_take(); has_told = true) {
    if (!has_told && waiting) waiting();
    if (std::chrono::steady_clock::now() > deadline) {
      throw error{exit_code::locked,
                  fmt::format("another innkeeper holds \"{}\"", file_.string()),
                  {},
                  "Wait for it to end, then run this again."};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
}

file_lock::~file_lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool file_lock::try_take() {
  const int opened = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (opened < 0) {
    throw error{exit_code::failed, fmt::format("could not open \"{}\"", file_.string()),
                std::generic_category().message(errno)};
  }
  struct stat held {};
  struct stat named {};
  // Made by root in a user's folder, it must not lock that user out later.
  if (::geteuid() == 0 && ::stat(file_.parent_path().c_str(), &named) == 0 &&
      ::fchown(opened, named.st_uid, named.st_gid) != 0) {
    errno = 0;  // a file system without owners
  }
  // The file may have been removed between the two calls: a lock on a file without a name excludes nobody.
  if (::flock(opened, LOCK_EX | LOCK_NB) == 0 && ::fstat(opened, &held) == 0 && ::stat(file_.c_str(), &named) == 0 &&
      held.st_ino == named.st_ino && held.st_dev == named.st_dev) {
    descriptor_ = opened;
    return true;
  }
  ::close(opened);
  return false;
}

void file_lock::remove_file() const {
  ::unlink(file_.c_str());
}

}  // namespace innkeeper::exec
