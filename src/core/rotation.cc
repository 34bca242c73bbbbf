#include "core/rotation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace innkeeper {
namespace {

using state = rotation_state;
using event = rotation_event;
using action = rotation_action;

constexpr std::array arrows{
    rotation_arrow{state::settled, event::asked, state::begun, action::make_alike,
                   "The log-in in use is not touched before the other one works."},
    rotation_arrow{state::settled, event::asked_in_place, state::renewing, action::renew,
                   "One log-in: between its places and the server, and for who doesn't read again, log-ins fail."},
    rotation_arrow{state::settled, event::asked_to_reopen, state::settled, action::reopen,
                   "It was closed too early: it still has the password that somebody holds."},
    rotation_arrow{state::settled, event::reopened, state::draining, action::watch, ""},
    rotation_arrow{state::settled, event::resumed, state::settled, action::rest, ""},

    rotation_arrow{state::begun, event::made_alike, state::alike, action::keep_password, ""},
    rotation_arrow{state::begun, event::resumed, state::begun, action::make_alike, ""},
    rotation_arrow{state::begun, event::asked_to_give_up, state::begun, action::give_up, ""},
    rotation_arrow{state::begun, event::given_up, state::settled, action::rest, ""},

    rotation_arrow{state::alike, event::kept, state::kept, action::open,
                   "Kept before the server knows it, so that a run that ends here leaves nothing that nobody knows."},
    rotation_arrow{state::alike, event::resumed, state::alike, action::keep_password, ""},
    rotation_arrow{state::alike, event::asked_to_give_up, state::alike, action::give_up, ""},
    rotation_arrow{state::alike, event::given_up, state::settled, action::rest, ""},

    rotation_arrow{state::kept, event::opened, state::opened, action::try_log_in,
                   "LOGIN, verifier and this state in one transaction."},
    rotation_arrow{state::kept, event::password_lost, state::alike, action::keep_password,
                   "Another machine kept it. Nobody uses it yet: closed, and another one is made."},
    rotation_arrow{state::kept, event::resumed, state::kept, action::open, ""},
    rotation_arrow{state::kept, event::asked_to_give_up, state::kept, action::give_up, ""},
    rotation_arrow{state::kept, event::given_up, state::settled, action::rest, ""},

    rotation_arrow{state::opened, event::got_in, state::tried, action::begin_flip, ""},
    rotation_arrow{state::opened, event::refused, state::opened, action::stop,
                   "By a pooler, pg_hba.conf, a certificate: the application would meet the same."},
    rotation_arrow{state::opened, event::password_lost, state::alike, action::keep_password, ""},
    rotation_arrow{state::opened, event::resumed, state::opened, action::try_log_in, ""},
    rotation_arrow{state::opened, event::asked_to_give_up, state::opened, action::give_up, ""},
    rotation_arrow{state::opened, event::given_up, state::settled, action::rest, ""},

    rotation_arrow{state::tried, event::flip_begun, state::flipping, action::write_places, ""},
    rotation_arrow{state::tried, event::resumed, state::tried, action::begin_flip, ""},
    rotation_arrow{state::tried, event::asked_to_give_up, state::tried, action::give_up, ""},
    rotation_arrow{state::tried, event::given_up, state::settled, action::rest, ""},

    rotation_arrow{state::flipping, event::places_written, state::flipped, action::name_restarts,
                   "Both log-ins work meanwhile, so an application may read its secret at any moment."},
    rotation_arrow{state::flipping, event::places_failed, state::flipping, action::stop,
                   "The machine that kept the new password can go on, and no other."},
    rotation_arrow{state::flipping, event::resumed, state::flipping, action::write_places, ""},
    rotation_arrow{state::flipping, event::asked_to_give_up, state::flipping, action::give_up,
                   "By people, who know that nobody has read the new one: its machine is gone."},
    rotation_arrow{state::flipping, event::given_up, state::settled, action::rest, ""},

    rotation_arrow{state::flipped, event::restarts_named, state::draining, action::watch,
                   "Whoever is not restarted shows by its new sessions."},
    rotation_arrow{state::flipped, event::resumed, state::flipped, action::name_restarts, ""},

    rotation_arrow{state::draining, event::in_use, state::draining, action::watch, "A pool keeps its sessions."},
    rotation_arrow{state::draining, event::opens_new, state::draining, action::watch,
                   "Somebody has not read the new secret. Named, and never closed out unasked."},
    rotation_arrow{state::draining, event::quiet, state::draining, action::watch, ""},
    rotation_arrow{state::draining, event::drained, state::draining, action::close, ""},
    rotation_arrow{state::draining, event::overdue, state::draining, action::close_by_force, ""},
    rotation_arrow{state::draining, event::closed, state::closed, action::look_behind,
                   "NOLOGIN and this state in one transaction."},
    rotation_arrow{state::draining, event::closed_by_force, state::forced, action::end_sessions, ""},
    rotation_arrow{state::draining, event::resumed, state::draining, action::watch, ""},

    rotation_arrow{state::closed, event::all_gone, state::settled, action::rest, ""},
    rotation_arrow{state::closed, event::slipped_in, state::closed, action::reopen,
                   "Its next log-in would fail, so it is open again before that."},
    rotation_arrow{state::closed, event::reopened, state::draining, action::watch, ""},
    rotation_arrow{state::closed, event::resumed, state::closed, action::look_behind, ""},

    rotation_arrow{state::forced, event::all_gone, state::settled, action::rest, ""},
    rotation_arrow{state::forced, event::resumed, state::forced, action::end_sessions, ""},

    rotation_arrow{state::renewing, event::renewed, state::settled, action::rest, ""},
    rotation_arrow{state::renewing, event::refused, state::renewing, action::stop, ""},
    rotation_arrow{state::renewing, event::resumed, state::renewing, action::renew,
                   "With another password: which of the two the places say makes no difference to who waits."},
};

const rotation_arrow* find_arrow(rotation_state from, rotation_event met) {
  const auto* const found =
      std::ranges::find_if(arrows, [&](const rotation_arrow& one) { return one.from == from && one.event == met; });
  return found == arrows.end() ? nullptr : found;
}

constexpr std::array all_states{state::settled,  state::begun,  state::alike,    state::kept,
                                state::opened,   state::tried,  state::flipping, state::flipped,
                                state::draining, state::closed, state::forced,   state::renewing};

std::string with_blanks(std::string_view name) {
  std::string text{name};
  std::ranges::replace(text, '_', ' ');
  return text;
}

}  // namespace

std::span<const rotation_arrow> rotation_arrows() {
  return arrows;
}

rotation_action advance(rotation_state& now, rotation_event met) {
  const auto* const arrow = find_arrow(now, met);
  if (arrow == nullptr) {
    throw std::logic_error{fmt::format("a rotation that is {} can't meet {}", to_string(now), to_string(met))};
  }
  now = arrow->to;
  return arrow->action;
}

bool has_arrow(rotation_state from, rotation_event met) {
  return find_arrow(from, met) != nullptr;
}

std::string_view to_string(rotation_state one) {
  switch (one) {
    case state::settled:
      return "settled";
    case state::begun:
      return "begun";
    case state::alike:
      return "alike";
    case state::kept:
      return "kept";
    case state::opened:
      return "opened";
    case state::tried:
      return "tried";
    case state::flipping:
      return "flipping";
    case state::flipped:
      return "flipped";
    case state::draining:
      return "draining";
    case state::closed:
      return "closed";
    case state::forced:
      return "forced";
    case state::renewing:
      return "renewing";
  }
  return {};
}

std::optional<rotation_state> rotation_state_named(std::string_view name) {
  const auto* const found =
      std::ranges::find_if(all_states, [&](rotation_state one) { return to_string(one) == name; });
  return found == all_states.end() ? std::nullopt : std::optional{*found};
}

std::string_view to_string(rotation_event one) {
  switch (one) {
    case event::asked:
      return "asked";
    case event::asked_in_place:
      return "asked_in_place";
    case event::resumed:
      return "resumed";
    case event::made_alike:
      return "made_alike";
    case event::kept:
      return "kept";
    case event::opened:
      return "opened";
    case event::got_in:
      return "got_in";
    case event::refused:
      return "refused";
    case event::password_lost:
      return "password_lost";
    case event::flip_begun:
      return "flip_begun";
    case event::places_written:
      return "places_written";
    case event::places_failed:
      return "places_failed";
    case event::restarts_named:
      return "restarts_named";
    case event::in_use:
      return "in_use";
    case event::opens_new:
      return "opens_new";
    case event::quiet:
      return "quiet";
    case event::drained:
      return "drained";
    case event::overdue:
      return "overdue";
    case event::closed:
      return "closed";
    case event::closed_by_force:
      return "closed_by_force";
    case event::slipped_in:
      return "slipped_in";
    case event::reopened:
      return "reopened";
    case event::all_gone:
      return "all_gone";
    case event::renewed:
      return "renewed";
    case event::given_up:
      return "given_up";
    case event::asked_to_give_up:
      return "asked_to_give_up";
    case event::asked_to_reopen:
      return "asked_to_reopen";
  }
  return {};
}

std::string_view to_string(rotation_action one) {
  switch (one) {
    case action::rest:
      return "rest";
    case action::stop:
      return "stop";
    case action::make_alike:
      return "make_alike";
    case action::keep_password:
      return "keep_password";
    case action::open:
      return "open";
    case action::try_log_in:
      return "try_log_in";
    case action::begin_flip:
      return "begin_flip";
    case action::write_places:
      return "write_places";
    case action::name_restarts:
      return "name_restarts";
    case action::watch:
      return "watch";
    case action::close:
      return "close";
    case action::close_by_force:
      return "close_by_force";
    case action::look_behind:
      return "look_behind";
    case action::reopen:
      return "reopen";
    case action::end_sessions:
      return "end_sessions";
    case action::renew:
      return "renew";
    case action::give_up:
      return "give_up";
  }
  return {};
}

bool is_other_open(rotation_state one) {
  switch (one) {
    case state::opened:
    case state::tried:
    case state::flipping:
    case state::flipped:
    case state::draining:
      return true;
    case state::settled:
    case state::begun:
    case state::alike:
    case state::kept:
    case state::closed:
    case state::forced:
    case state::renewing:
      return false;
  }
  return false;
}

bool doubles_connections(rotation_state one) {
  return is_other_open(one) || one == state::begun || one == state::alike || one == state::kept;
}

bool is_flipped(rotation_state one) {
  return one == state::flipped || one == state::draining || one == state::closed || one == state::forced;
}

bool is_under_way(rotation_state one) {
  return one != state::settled;
}

bool is_new_since(const former_session& one, server_time flipped_at) {
  return one.began && *one.began > flipped_at;
}

rotation_event judge_drain(const drain_rules& rules, server_time flipped_at, std::optional<server_time>& quiet_since,
                           const drain_look& look) {
  if (!look.sessions.empty()) {
    quiet_since.reset();
  } else if (!quiet_since) {
    quiet_since = look.now;
  }
  if (rules.force_at && look.now >= *rules.force_at) return event::overdue;
  if (!look.sessions.empty()) {
    const bool is_new =
        std::ranges::any_of(look.sessions, [&](const former_session& one) { return is_new_since(one, flipped_at); });
    return is_new ? event::opens_new : event::in_use;
  }
  return look.now - *quiet_since >= rules.grace ? event::drained : event::quiet;
}

std::string rotation_page() {
  std::string text = "```mermaid\nstateDiagram-v2\n  [*] --> settled\n";
  for (const auto& one : arrows) {
    if (one.event == event::resumed || one.from == one.to) continue;
    text += fmt::format("  {} --> {}: {}\n", to_string(one.from), to_string(one.to), with_blanks(to_string(one.event)));
  }
  text += "```\n\n| from | when | to | then | |\n| --- | --- | --- | --- | --- |\n";
  for (const auto& one : arrows) {
    text += fmt::format("| {} | {} | {} | {} | {} |\n", to_string(one.from), with_blanks(to_string(one.event)),
                        to_string(one.to), with_blanks(to_string(one.action)), one.comment);
  }
  return text;
}

}  // namespace innkeeper
