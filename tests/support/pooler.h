#pragma once
// A PgBouncer in front of a test's server, on 127.0.0.1 with a free port; dies with the object.
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/conninfo.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::test {

struct pooler_options {
  std::string mode = "transaction";  // or "session", "statement"
  int pool_size = 20;
  bool round_robin = false;  // the backend that was idle for longest is given out next, not the last one used
};

class pooler {
 public:
  // The server takes connections on TCP, and these log-ins without a password. Throws std::runtime_error.
  pooler(const cluster& server, const std::vector<std::string>& log_ins, const pooler_options& options);
  // From files that lie in a folder, which say this port.
  pooler(const std::filesystem::path& configuration, int port);
  pooler(const pooler&) = delete;
  pooler& operator=(const pooler&) = delete;
  ~pooler();

  // The same log-in and database, through here.
  [[nodiscard]] conninfo through(conninfo log_in) const;

  [[nodiscard]] std::string log() const;

 private:
  void start(const std::filesystem::path& configuration);

  scratch_folder folder_;
  int port_ = 0;
  pid_t process_ = 0;
};

}  // namespace innkeeper::test
