// Any files are a directory, in every layout: read to an end, without a crash, and what can be run is whole. Seeds lie
// in corpus/fuzz_directory/; files are divided by a line "%%%%", and the first line of each is its name.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "migration/directory.h"

namespace {

using namespace innkeeper;
using namespace innkeeper::migration;

void require(bool holds) {
  if (!holds) std::abort();
}

std::vector<source_file> files_of(std::string_view bytes) {
  static constexpr std::string_view divider = "\n%%%%\n";
  std::vector<source_file> files;
  while (true) {
    const std::size_t end = bytes.find(divider);
    const auto file = bytes.substr(0, end);
    const std::size_t line = file.find('\n');
    files.push_back({std::string{file.substr(0, line)},
                     line == std::string_view::npos ? std::string{} : std::string{file.substr(line + 1)}});
    if (end == std::string_view::npos) return files;
    bytes.remove_prefix(end + divider.size());
  }
}

void check_script(const script& made, const std::set<std::string>& names) {
  require(names.contains(made.file) && made.first_line > 0);
  for (const auto& one : made.statements) require(one.where.line >= made.first_line);
}

void check(const schema_directory& read, const std::set<std::string>& names) {
  for (const auto& one : read.problems) require(!one.message.empty() && !to_string(one).empty());
  for (const auto& one : read.phases) check_script(one.content, names);
  for (const auto& one : read.migrations) {
    require(one.is_repeatable || !one.number.text.empty());
    require(compare(one.number, one.number) == 0);
    check_script(one.up, names);
    if (one.down) check_script(*one.down, names);
    if (one.verify) check_script(*one.verify, names);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto files = files_of({reinterpret_cast<const char*>(data), size});
  std::set<std::string> names;
  for (const auto& one : files) names.insert(one.name);
  check(read_schema_directory(files, std::nullopt, "db"), names);
  for (int format = 0; format <= static_cast<int>(layout::sqitch); ++format) {
    check(read_schema_directory(files, static_cast<layout>(format), ""), names);
  }
  return 0;
}
