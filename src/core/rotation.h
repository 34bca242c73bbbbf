#pragma once
// Changing a log-in's password without a moment in which its application can't log in, as a state machine: two log-ins
// take turns. What a driver met goes in, what to do next comes out; the driver with its connections and files is
// exec/rotate.h. The table of arrows is docs/rotation.md's, too.
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/name.h"

namespace innkeeper {

// What is done by now; the registry keeps it, so that any runner on any machine goes on from there.
enum class rotation_state {
  settled,   // one log-in is open and in use; the other is closed, or not there
  begun,     // the other one is to be made like it; closed
  alike,     // it has the same memberships, limits and settings; closed
  kept,      // it has a new password, which is kept; closed
  opened,    // it is open with that password, which no place says
  tried,     // the application's way in works with it
  flipping,  // places are being written: some may say it
  flipped,   // all of them do, so it is the one in use, and the other is the former one
  draining,  // the former one is still open, and its sessions are watched
  closed,    // the former one is closed, and somebody may have slipped in before that
  forced,    // the former one is closed, and its sessions are being ended
  renewing,  // in place: the only log-in gets a new password
};

enum class rotation_event {
  asked,
  asked_in_place,
  resumed,  // by another run, after one that ended anywhere
  made_alike,
  kept,
  opened,
  got_in,
  refused,        // the log-in was tried, and does not get in
  password_lost,  // the new password is not kept where this runner can read it
  flip_begun,
  places_written,
  places_failed,  // the new password is not kept where this runner can read it, and a place may say it
  restarts_named,
  in_use,     // the former log-in has sessions, none of them begun since the flip
  opens_new,  // it has one that began since
  quiet,      // it has none, not for long enough yet
  drained,    // it had none for as long as asked for
  overdue,    // the time is over after which it is closed in any case
  closed,
  closed_by_force,
  slipped_in,  // a session began before it was closed and after the last look
  reopened,
  all_gone,
  renewed,
  given_up,
  asked_to_give_up,
  asked_to_reopen,
};

enum class rotation_action {
  rest,           // nothing is under way
  stop,           // for people to look at; the next run tries again
  make_alike,     // the second log-in: memberships, limits, settings
  keep_password,  // makes a new one and keeps it, durably
  open,           // LOGIN, with that password's verifier
  try_log_in,     // as the application does, through the same address, pooler and encryption
  begin_flip,     // says that places may be written from now on
  write_places,   // the new log-in and its password, wherever the application reads them
  name_restarts,  // of who reads its secret only once, where the manifest says so
  watch,          // the former log-in's sessions
  close,          // NOLOGIN
  close_by_force,
  look_behind,   // for sessions of the former log-in that began just before it was closed
  reopen,        // LOGIN again, with the password that it has
  end_sessions,  // of the former log-in
  renew,         // in place: a new password into every place, then its verifier
  give_up,       // closes the log-in that nobody has heard of
};

struct rotation_arrow {
  rotation_state from = rotation_state::settled;
  rotation_event event = rotation_event::resumed;
  rotation_state to = rotation_state::settled;
  rotation_action action = rotation_action::rest;
  std::string_view comment;
};

// In the order of a rotation that meets no trouble, each state with its ways out.
[[nodiscard]] std::span<const rotation_arrow> rotation_arrows();

// Throws std::logic_error where no arrow leaves the state by this event.
[[nodiscard]] rotation_action advance(rotation_state& state, rotation_event event);
[[nodiscard]] bool has_arrow(rotation_state from, rotation_event event);

// "flipping": how the registry and programs spell it.
[[nodiscard]] std::string_view to_string(rotation_state state);
[[nodiscard]] std::optional<rotation_state> rotation_state_named(std::string_view name);
[[nodiscard]] std::string_view to_string(rotation_event event);
[[nodiscard]] std::string_view to_string(rotation_action action);

// Which of the two log-ins may log in, besides the one in use.
[[nodiscard]] bool is_other_open(rotation_state state);
// The one in use is the new one, and the other the former one.
[[nodiscard]] bool is_flipped(rotation_state state);
// From the begin to the end, the two may have twice the connections of one.
[[nodiscard]] bool doubles_connections(rotation_state state);
// Whether there is something that the next run has to go on with.
[[nodiscard]] bool is_under_way(rotation_state state);

using server_time = std::chrono::sys_time<std::chrono::milliseconds>;  // by the server's clock, whoever looks

// A session of the former log-in. What this admin may not see is empty.
struct former_session {
  int pid = 0;
  database_name database;
  std::string application;
  std::string address;  // "10.1.2.3", "[local]"
  std::optional<server_time> began;

  friend bool operator==(const former_session&, const former_session&) = default;
};

struct drain_rules {
  std::chrono::milliseconds grace{0};   // without any session, before it is closed
  std::optional<server_time> force_at;  // closed at that time in any case

  friend bool operator==(const drain_rules&, const drain_rules&) = default;
};

struct drain_look {
  server_time now;
  std::vector<former_session> sessions;
};

// What a look at the former log-in's sessions says. `quiet_since` is kept from one look to the next, also over runs:
// the first look without a session, until there is one again.
[[nodiscard]] rotation_event judge_drain(const drain_rules& rules, server_time flipped_at,
                                         std::optional<server_time>& quiet_since, const drain_look& look);
[[nodiscard]] bool is_new_since(const former_session& one, server_time flipped_at);

// The machine for people: a diagram (Mermaid) and a table, in Markdown.
[[nodiscard]] std::string rotation_page();

}  // namespace innkeeper
