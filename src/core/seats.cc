#include "core/seats.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace innkeeper {

std::optional<int> integer_parameter(const observed_server& observed, const std::string& name) {
  const auto found = std::ranges::find(observed.parameters_of_server, name, &observed_parameter::name);
  if (found == observed.parameters_of_server.end()) return std::nullopt;
  int value = 0;
  const auto& text = found->value;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} ? std::optional{value} : std::nullopt;
}

std::optional<connection_seats> count_seats(const desired_server& desired, const observed_server& observed) {
  const auto most = integer_parameter(observed, "max_connections");
  if (!most) return std::nullopt;
  return connection_seats{.asked_for = sum_of_limits(desired),
                          .most = *most,
                          .reserved = integer_parameter(observed, "superuser_reserved_connections").value_or(0) +
                                      integer_parameter(observed, "reserved_connections").value_or(0)};
}

std::string seats_text(const connection_seats& seats) {
  return fmt::format(
      "services may open {} connections together, and the server has {} for them (max_connections {}, {} reserved): "
      "lower connections: of services, or raise max_connections to {}, which needs a restart",
      seats.asked_for, seats.for_services(), seats.most, seats.reserved, seats.asked_for + seats.reserved);
}

}  // namespace innkeeper
