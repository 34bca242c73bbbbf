// Any bytes are split to an end, without a crash. Statements are slices of the text, in its order; and what was split
// once is split the same way again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "migration/directory.h"
#include "migration/sql_split.h"

namespace {

using namespace innkeeper;
using namespace innkeeper::migration;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_slices(std::string_view text, const split_result& split) {
  std::size_t at = 0;
  for (const auto& one : split.statements) {
    require(!one.text.empty() && one.where.line > 0 && one.where.column > 0);
    at = text.find(one.text, at);
    require(at != std::string_view::npos);
    at += one.text.size();
    if (!one.copy_data) continue;
    at = text.find(*one.copy_data, at);
    require(at != std::string_view::npos);
    at += one.copy_data->size();
  }
}

std::string join(const split_result& split) {
  std::string joined = "\n";  // a statement that begins with a BOM is not the text's
  for (const auto& one : split.statements) {
    const bool is_last = &one == &split.statements.back();
    joined += one.text;
    if (!is_last || one.copy_data) joined += ";\n";
    if (one.copy_data) joined += *one.copy_data + "\\.\n";
  }
  return joined;
}

void check_again(const split_result& split) {
  const auto again = split_sql(join(split), "again.sql");
  require(!has_errors(again.problems) && again.statements.size() == split.statements.size());
  for (std::size_t i = 0; i < split.statements.size(); ++i) {
    require(again.statements[i].text == split.statements[i].text);
    require(again.statements[i].copy_data == split.statements[i].copy_data);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto split = split_sql(text, "a.sql");
  check_slices(text, split);
  for (const auto& one : split.problems) require(!one.message.empty() && !to_string(one).empty());
  for (const auto& one : split.statements) (void)place_in(one, static_cast<int>(size));
  if (has_errors(split.problems)) return 0;
  check_again(split);
  require(checksums_of(text).normalized == checksums_of(std::string{text} + "\n-- cosmetic\n").normalized);
  return 0;
}
