// Whatever is read as a connection string can be printed as a libpq URI, and that is read as the same connection.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/conninfo.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace innkeeper;
  const auto read = parse_conninfo({reinterpret_cast<const char*>(data), size});
  if (read.value.has_value() != read.problem.empty()) std::abort();
  if (!read.value) return 0;
  const auto printed = print_conninfo(*read.value, dialect::uri);
  if (printed.text && parse_conninfo(printed.text->expose()).value != read.value) std::abort();
  return 0;
}
