#include "tests/support/small_disk.h"

#include <fmt/format.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace innkeeper::test {

small_disk::small_disk(int megabytes) {
  const auto user = server_user();
  const auto options = fmt::format("size={}m,mode=0700,uid={},gid={}", megabytes, user ? user->uid : ::geteuid(),
                                   user ? user->gid : ::getegid());
  if (::mount("tmpfs", path().c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) != 0) {
    throw std::system_error{errno, std::generic_category(), "a small tmpfs can't be mounted; run this test as root"};
  }
}

small_disk::~small_disk() {
  ::umount2(path().c_str(), MNT_DETACH);
}

}  // namespace innkeeper::test
