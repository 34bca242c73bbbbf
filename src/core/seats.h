#pragma once
// Do the connections that services may open fit into the server? Pure.
#include <optional>
#include <string>

#include "core/desired.h"
#include "core/observed.h"

namespace innkeeper {

struct connection_seats {
  int asked_for = 0;  // by the databases of services together
  int most = 0;       // max_connections
  int reserved = 0;   // for superusers, and for those with reserved connections

  [[nodiscard]] int for_services() const { return most - reserved; }
  [[nodiscard]] bool fit() const { return asked_for <= for_services(); }
  friend bool operator==(const connection_seats&, const connection_seats&) = default;
};

// std::nullopt where the server's settings were not read.
[[nodiscard]] std::optional<connection_seats> count_seats(const desired_server& desired,
                                                          const observed_server& observed);

// "services may open 46 connections together, and the server has 45 for them (max_connections 50, 5 reserved): …"
[[nodiscard]] std::string seats_text(const connection_seats& seats);

[[nodiscard]] std::optional<int> integer_parameter(const observed_server& observed, const std::string& name);

}  // namespace innkeeper
