#pragma once
// Throw-away PostgreSQL clusters: of the newest installed major or of $INNKEEPER_TEST_PG (a folder of programs), on
// memory where there is /dev/shm, unsafe and fast. They die with the test binary, however it dies; what a killed one
// left on disk is swept by the next. As root they run as OS user "postgres". The server's log is printed when a test
// failed.
#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/conninfo.h"
#include "exec/process.h"

namespace innkeeper::test {

struct cluster_options {
  std::map<std::string, std::string> settings;  // postgresql.conf's names; later than the fixture's own
  std::string superuser = "postgres";
  std::string password;  // not empty: SCRAM for everybody, else trust
  bool tcp = false;      // on 127.0.0.1 with a free port; else a socket only
};

class cluster {
 public:
  explicit cluster(cluster_options options = {});
  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;
  ~cluster();

  // Through the socket.
  [[nodiscard]] conninfo admin(const std::string& database = "postgres") const;
  [[nodiscard]] conninfo login(const std::string& role, const std::string& password, const std::string& database) const;
  // Through TCP, for clusters that have it.
  [[nodiscard]] conninfo admin_by_tcp(const std::string& database = "postgres") const;

  // A database of its own for one test, empty and from template0; dies with the cluster.
  [[nodiscard]] std::string fresh_database();
  // A name that no other test uses, for roles: they belong to the whole cluster.
  [[nodiscard]] std::string fresh_name(std::string_view hint);

  void start();               // returns when it takes connections
  void start_without_wait();  // returns at once
  void wait_until_ready();
  void stop();   // in order
  void kill9();  // the postmaster alone, as an accident would
  // After the postmaster died, also by another hand: returns when the server takes connections again.
  void recover();
  void restart();
  void set(const std::string& name, const std::string& value);  // counts from the next start
  void reload();
  // Keeps the data as they are now, under a name, and goes back to them: cheaper than a new cluster.
  void save(const std::string& name);
  void go_back_to(const std::string& name);
  void clear_log();

  [[nodiscard]] std::string log() const;
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] int major() const;
  [[nodiscard]] pid_t postmaster() const { return postmaster_; }
  [[nodiscard]] const std::filesystem::path& data() const { return data_; }
  [[nodiscard]] const std::filesystem::path& socket_directory() const { return folder_; }

 private:
  void make();
  void append_settings();
  void stop_at_once();
  [[nodiscard]] bool is_ready() const;

  cluster_options options_;
  int failures_before_;
  std::filesystem::path folder_;
  std::filesystem::path data_;
  std::filesystem::path log_;
  int port_ = 5432;
  pid_t postmaster_ = 0;
};

// One for the whole test binary, without settings of its own; started by its first user.
[[nodiscard]] cluster& shared_cluster();

[[nodiscard]] std::filesystem::path postgres_programs();
[[nodiscard]] int postgres_major();                        // of these programs
[[nodiscard]] std::optional<exec::os_user> server_user();  // whom to become, where we are root
[[nodiscard]] int free_port();

// A folder of the test's own with a short path that PostgreSQL's OS user may enter; removed with the object.
class scratch_folder {
 public:
  scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Polls until `holds()`; false where it took longer than `seconds`.
template <class Condition>
[[nodiscard]] bool eventually(Condition holds, int seconds = 20);

}  // namespace innkeeper::test

#include <chrono>
#include <thread>

template <class Condition>
bool innkeeper::test::eventually(Condition holds, int seconds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{seconds};
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return true;
}
