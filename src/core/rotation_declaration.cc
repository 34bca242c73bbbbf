#include "core/rotation_declaration.h"

#include <fmt/format.h>

namespace innkeeper {

std::string_view to_string(rotation_mode mode) {
  switch (mode) {
    case rotation_mode::overlap:
      return "overlap";
    case rotation_mode::in_place:
      return "in-place";
    case rotation_mode::off:
      return "off";
  }
  return {};
}

restarted_workload parse_workload(std::string_view text, const location& where) {
  restarted_workload one{.where = where};
  const auto last = text.rfind('/');
  one.name = text.substr(last + 1);
  const auto before = text.substr(0, last);
  const auto first = before.find('/');
  one.kind = first == std::string_view::npos ? before : before.substr(first + 1);
  if (first != std::string_view::npos) one.space = before.substr(0, first);
  return one;
}

std::string to_string(const restarted_workload& one) {
  return fmt::format("{}{}{}/{}", one.space, one.space.empty() ? "" : "/", one.kind, one.name);
}

}  // namespace innkeeper
