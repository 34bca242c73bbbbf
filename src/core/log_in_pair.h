#pragma once
// Two log-ins of one service that take turns (docs/rotation.md): which of them is in use, and how far a change of its
// password has come. The registry says so; where it can't be asked, the roles themselves do.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/name.h"
#include "core/rotation.h"

namespace innkeeper {

struct estate;
struct observed_server;
struct server_declaration;

struct log_in_pair {
  role_name log_in;  // the declared one
  role_name twin;
  bool has_twin = false;
  rotation_state state = rotation_state::settled;
  bool on_twin = false;   // the twin is in use
  bool is_known = false;  // by the registry. Else both may be open, and which of them is in use is open, too
  std::optional<server_time> used_since;  // the password in use; none: since before anybody rotated it
  std::optional<server_time> began_at;    // this or the last rotation
  std::optional<server_time> flipped_at;  // this or the last time that places were changed over
  std::optional<server_time> quiet_since;
  drain_rules rules;
  std::string who;  // began it: "alice@build-7"

  [[nodiscard]] const role_name& used() const { return on_twin ? twin : log_in; }
  [[nodiscard]] const role_name& other() const { return on_twin ? log_in : twin; }
  [[nodiscard]] bool is_other_open() const { return is_known ? innkeeper::is_other_open(state) : has_twin; }
  friend bool operator==(const log_in_pair&, const log_in_pair&) = default;
};

using log_in_pairs = std::map<role_name, log_in_pair>;  // by the declared log-in

// Of the log-ins that the manifest names on this server, those that have a twin or a rotation under way.
[[nodiscard]] log_in_pairs pairs_on(const estate& all, const server_declaration& server,
                                    const observed_server& observed);

// The pair that a role belongs to, declared or not, as far as the registry says.
[[nodiscard]] const log_in_pair* find_pair(const observed_server& observed, const role_name& role);

}  // namespace innkeeper
