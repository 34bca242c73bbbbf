#pragma once
// TLS for a test's server: an authority of the test's own, and certificates good and bad.
#include <filesystem>
#include <string>
#include <vector>

#include "core/conninfo.h"
#include "exec/certificate.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {

// Beginning now, or so many days ago, for so many days.
[[nodiscard]] exec::validity days_from_now(int days, int since = -1);

class tls_lab {
 public:
  tls_lab();

  [[nodiscard]] const exec::key_pair& authority() const { return authority_; }
  [[nodiscard]] const std::filesystem::path& roots() const { return roots_; }
  // A file in the lab's folder, 0600 and ours.
  std::filesystem::path write(const std::string& name, const std::string& text) const;

  // For localhost, db.test and 127.0.0.1, for a year.
  [[nodiscard]] exec::key_pair good_certificate() const;
  // Has the running server show this certificate; it takes clients' certificates of the authority.
  void serve(cluster& server, const exec::key_pair& shown) const;

  // By TCP with verify-full, as "db.test": a name that no DNS knows.
  [[nodiscard]] conninfo verified(conninfo target) const;

 private:
  scratch_folder folder_;
  exec::key_pair authority_;
  std::filesystem::path roots_;
};

}  // namespace innkeeper::test
