#pragma once
// A disk that is really full, sooner or later: a tmpfs of so many megabytes, mounted for the object's life. Mounting is
// root's; elsewhere the constructor throws, and the test fails: what it claims was not tried.
#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {

class small_disk {
 public:
  explicit small_disk(int megabytes);
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  ~small_disk();

  // Belongs to the server's OS user.
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

 private:
  scratch_folder folder_;
};

}  // namespace innkeeper::test
