#pragma once
// Changes the passwords of services' log-ins: walks the arrows of core/rotation.h, one service's trouble apart from the
// others'. Safe to cut off anywhere and to run by many at once, from any machine: the next run goes on from what the
// registry says. The server's lock is held while something is changed, not while sessions are watched.
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/estate.h"
#include "core/log_in_pair.h"
#include "exec/apply.h"
#include "exec/event.h"
#include "exec/server_access.h"

namespace innkeeper::exec {

enum class rotate_what {
  rotate,   // what is settled begins anew, what is under way goes on
  resume,   // goes on with what is under way
  give_up,  // closes the new log-in, as long as nobody has heard of it
  reopen,   // opens the former log-in again
};

struct rotate_options {
  rotate_what what = rotate_what::rotate;
  std::set<std::string> services;                       // empty: all
  std::optional<std::chrono::milliseconds> older_than;  // only passwords that are in use for longer
  std::optional<std::chrono::milliseconds> grace;       // 10 minutes unless given
  std::optional<std::chrono::milliseconds> force_after;
  std::chrono::milliseconds wait{0};  // for former log-ins to be closed
  std::chrono::seconds lock_timeout{300};
};

inline constexpr std::chrono::minutes default_grace{10};

enum class rotation_outcome {
  changed,   // and the former password is dead
  draining,  // the new log-in is in use, and the former one still open
  given_up,
  not_due,  // too young, or nothing was under way
  refused,  // by what the manifest or the server says; nothing was changed
  failed,   // the next run goes on where it stopped
};
[[nodiscard]] std::string_view to_string(rotation_outcome one);

struct rotated_log_in {
  role_name log_in;                   // the declared one
  std::vector<std::string> services;  // that use it
  rotation_outcome outcome = rotation_outcome::not_due;
  log_in_pair now;
  std::vector<former_session> former;  // sessions of the former log-in at the last look
  std::string text;                    // why it was refused or failed; what a rotation in place costs
  exit_code code = exit_code::ok;
};

struct rotate_report {
  std::string server;
  std::vector<rotated_log_in> log_ins;  // in the manifest's order
};

// Throws exec::error (69 without a registry, 73 for a held lock) and pg::error where the server itself fails.
[[nodiscard]] rotate_report rotate_on(const estate& all, const server_access& access, const rotate_options& options,
                                      const event_sink& tell);

// Whether a run that found this has to go on with it: what was cut off, and a former log-in that may be closed by now.
// `sessions`: those at the server without what poolers keep for nobody.
[[nodiscard]] bool has_rotation_to_resume(const std::vector<observed_sessions>& sessions, const log_in_pairs& pairs,
                                          server_time now);

}  // namespace innkeeper::exec
