#pragma once
// Compares a text with a file, byte for byte. With ACCEPT=1 it writes the file instead, and the test still fails, so
// that nobody takes new expectations for a passed run; the difference is then reviewed like code.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace innkeeper::test {

inline std::string read_text(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

// `name` is relative to tests/golden.
inline void expect_golden(const std::string& name, const std::string& actual) {
  const auto file = std::filesystem::path{INNKEEPER_SOURCE_DIR} / "tests" / "golden" / name;
  const std::string expected = read_text(file);
  if (expected == actual && std::filesystem::exists(file)) return;
  if (const char* accept = std::getenv("ACCEPT"); accept != nullptr && *accept == '1') {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file, std::ios::binary} << actual;
    ADD_FAILURE() << "accepted: " << file;
    return;
  }
  EXPECT_EQ(expected, actual) << file << "; ACCEPT=1 takes the new text";
}

}  // namespace innkeeper::test
