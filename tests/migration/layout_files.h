#pragma once
// The directories under tests/migration/layouts/, as the reader gets them.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "migration/directory.h"

namespace innkeeper::migration {

inline std::vector<source_file> read_files(const std::filesystem::path& directory) {
  std::vector<source_file> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{directory}) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in{entry.path(), std::ios::binary};
    files.push_back({std::filesystem::relative(entry.path(), directory).generic_string(),
                     {std::istreambuf_iterator<char>{in}, {}}});
  }
  std::ranges::sort(files, {}, &source_file::name);
  return files;
}

inline std::vector<source_file> layout_files(const std::string& name) {
  return read_files(std::filesystem::path{INNKEEPER_SOURCE_DIR} / "tests/migration/layouts" / name);
}

}  // namespace innkeeper::migration
