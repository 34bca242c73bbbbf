#pragma once
// An estate in a folder of its own on a machine of its own, and its embedded server.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "exec/embedded_server.h"
#include "exec/error.h"
#include "pg/connection.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::exec {

namespace fs = std::filesystem;

inline std::string read_file(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

inline void write_file(const fs::path& file, std::string_view text) {
  std::ofstream{file, std::ios::binary} << text;
}

inline bool is_mode(const fs::path& file, mode_t mode) {
  struct stat seen {};
  return ::stat(file.c_str(), &seen) == 0 && (seen.st_mode & 07777U) == mode;
}

struct failure_seen {
  exit_code code = exit_code::ok;
  std::string text;
};

template <class Work>
failure_seen failure_of(Work work) {
  try {
    work();
  } catch (const error& failed) {
    return {failed.code(), fmt::format("{} | {} | {}", failed.what(), failed.detail(), failed.hint())};
  }
  return {};
}

// What still runs at the end is purged.
struct embedded_server : testing::Test {
  test::scratch_folder scratch;
  machine here;
  estate all;
  server_declaration server;
  std::vector<std::string> told;
  event_sink tell = [this](const event& one) { told.push_back(one.text); };

  embedded_server() { use_folder(scratch.path() / "estate"); }
  ~embedded_server() override {
    try {
      purge_embedded(all, server, {}, here);
    } catch (const std::exception& problem) {
      ADD_FAILURE() << problem.what();
    }
  }

  void use_folder(const fs::path& folder) {
    fs::create_directories(folder);
    here.programs = {test::postgres_programs().parent_path().parent_path()};
    here.system_data = scratch.path() / "system";
    here.runtime = scratch.path() / "run";
    here.patience = std::chrono::seconds{60};
    all.name = "cafe-erp";
    all.directory = folder;
    server.name = "shared";
    server.embedded.data = folder / ".innkeeper/shared";
    server.admin.user.value = {"admin_user"};
  }

  embedded_status start(const std::optional<secret>& password = std::nullopt) {
    return start_embedded(all, server, password, tell, here);
  }
  [[nodiscard]] embedded_status inspect() const { return inspect_embedded(all, server, here); }
  void stop() { stop_embedded(all, server, tell, here); }

  static std::string ask(const conninfo& target, const std::string& sql) {
    return pg::connection::open(target, {}).query(sql).text(0, 0);
  }
  static conninfo by_tcp(const embedded_status& status) {
    auto target = status.admin;
    target.endpoints = {status.address};
    return target;
  }
};

}  // namespace innkeeper::exec
