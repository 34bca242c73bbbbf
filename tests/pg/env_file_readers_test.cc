// What is written is what others read: here the shell, in tests/drivers systemd's own parser.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <random>

#include "core/env_file.h"
#include "exec/private_file.h"
#include "exec/random.h"
#include "tests/support/hostile_values.h"

namespace innkeeper {
namespace {

std::string output_of(const std::string& command) {
  FILE* shell = ::popen(command.c_str(), "r");
  std::string output;
  for (int c = std::fgetc(shell); c != EOF; c = std::fgetc(shell)) output += static_cast<char>(c);
  EXPECT_EQ(::pclose(shell), 0) << command;
  return output;
}

TEST(env_file_readers, a_shell_that_sources_an_env_file_finds_every_value) {
  std::map<std::string, secret> keys;
  test::hostile_values values{20261128};
  for (int i = 0; i < 300; ++i) keys[fmt::format("KEY_{}", i)] = secret{values.text()};
  keys["EMPTY"] = secret{""};
  keys["URL"] = secret{"postgresql://u:p@h:1/d?sslmode=require&x=y"};
  const auto file = std::filesystem::temp_directory_path() / ("innkeeper-" + exec::random_name());
  exec::write_private_file(file, patch_env_file("# its\nOTHER='it'\\''s'\n", keys, "bistro/cafe").expose());
  for (const auto* shell : {"sh", "bash"}) {
    const std::string found =
        '\0' + output_of(fmt::format("env -i {} -c 'set -eua; . {}; exec env -0'", shell, file.string()));
    for (const auto& [key, value] : keys) {
      EXPECT_NE(found.find('\0' + key + "=" + value.expose() + '\0'), std::string::npos)
          << shell << " " << key << " " << value.expose();
    }
  }
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace innkeeper
