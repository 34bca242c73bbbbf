#pragma once
// The comment that says whose an object of the server is. It stands on the object itself, so that it is true whatever
// happened to a registry, and is read with the shared catalogs:
//
//   innkeeper estate=cafe-erp                                        of an estate
//   innkeeper service                                                made by `service create`
//   innkeeper estate=cafe-erp retired=cafe@2026-11-21T16:00:00Z      a database that holds retired services
//   innkeeper estate=cafe-erp pruned=cafe                            a role that goes with this service
//
// What people had written there stands on the lines below.
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace innkeeper {

struct mark {
  std::string estate;                          // "" of `service create`
  std::map<std::string, std::string> retired;  // service to the time, "2026-11-21T16:00:00Z"
  std::string pruned;                          // a service
  std::string note;                            // people's words

  friend bool operator==(const mark&, const mark&) = default;
};

// std::nullopt where the comment isn't a mark.
[[nodiscard]] std::optional<mark> parse_mark(std::string_view comment);
[[nodiscard]] std::string print_mark(const mark& one);

// "innkeeper estate=cafe-erp"; with an empty name, what `service create` makes: "innkeeper service".
[[nodiscard]] std::string mark_of(std::string_view estate_name);
// The estate that a comment names; "" for one of `service create`; std::nullopt where the comment isn't a mark.
[[nodiscard]] std::optional<std::string> marked_estate(std::string_view comment);

}  // namespace innkeeper
