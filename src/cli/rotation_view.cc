#include "cli/rotation_view.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/text.h"

namespace innkeeper::cli {
namespace {

using exec::rotation_outcome;

bool is_new(const exec::rotated_log_in& one, const former_session& session) {
  return is_new_since(session, one.now.flipped_at.value_or(server_time{}));
}

std::string session_line(const exec::rotated_log_in& one, const former_session& session) {
  std::string text = fmt::format("    pid {}", session.pid);
  if (!session.application.empty()) text += fmt::format(" \"{}\"", session.application);
  if (!session.address.empty()) text += fmt::format(" from {}", session.address);
  text += fmt::format(" in database {}", session.database);
  if (session.began) text += fmt::format(" since {}", minute_of(session.began));
  return text + (is_new(one, session) ? ": began with the former secret\n" : "\n");
}

std::string outcome_line(const exec::rotated_log_in& one, bool colored) {
  std::string word{exec::to_string(one.outcome)};
  const auto color_of_it = one.outcome == rotation_outcome::changed  ? color::green
                           : one.outcome == rotation_outcome::failed ? color::red
                                                                     : color::yellow;
  std::string text =
      fmt::format("{} ({}): {}", one.log_in, fmt::join(one.services, ", "), paint(word, color_of_it, colored));
  switch (one.outcome) {
    case rotation_outcome::changed:
      return text + fmt::format("; \"{}\" is in use{}{}\n", one.now.used(), one.text.empty() ? "" : "; ", one.text);
    case rotation_outcome::draining: {
      const auto fresh =
          std::ranges::count_if(one.former, [&](const former_session& each) { return is_new(one, each); });
      return text + fmt::format("; \"{}\" is in use, \"{}\" stays open: {}{}\n", one.now.used(), one.now.other(),
                                counted(static_cast<long>(one.former.size()), "session"),
                                fresh > 0 ? fmt::format(", {} begun since", fresh) : "");
    }
    case rotation_outcome::given_up:
    case rotation_outcome::not_due:
    case rotation_outcome::refused:
    case rotation_outcome::failed:
      break;
  }
  return text + (one.text.empty() ? "\n" : fmt::format("; {}\n", one.text));
}

int count(const rotation_view& view, rotation_outcome outcome) {
  int found = 0;
  for (const auto& report : view.reports) {
    found += static_cast<int>(std::ranges::count(report.log_ins, outcome, &exec::rotated_log_in::outcome));
  }
  return found;
}

json time_to_json(const std::optional<server_time>& at) {
  return at ? json(minute_of(at)) : json(nullptr);
}

json session_to_json(const exec::rotated_log_in& one, const former_session& session) {
  return {{"pid", session.pid},         {"database", session.database.value},   {"application", session.application},
          {"address", session.address}, {"since", time_to_json(session.began)}, {"is_new", is_new(one, session)}};
}

}  // namespace

std::string minute_of(const std::optional<server_time>& at) {
  if (!at) return {};
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(std::chrono::system_clock::to_time_t(*at)));
}

std::string rotation_words(const log_in_pair& pair) {
  if (!pair.is_known) return "not known which";
  if (!is_under_way(pair.state)) return {};
  const auto since = is_flipped(pair.state) ? pair.flipped_at : pair.began_at;
  return fmt::format("{} since {}", to_string(pair.state), minute_of(since));
}

std::string rotation_to_text(const rotation_view& view, bool colored) {
  std::string text;
  for (const auto& report : view.reports) {
    for (const auto& one : report.log_ins) {
      text += outcome_line(one, colored);
      if (one.outcome != rotation_outcome::draining) continue;
      for (const auto& session : one.former) text += session_line(one, session);
    }
  }
  if (count(view, rotation_outcome::draining) > 0) text += "next: innkeeper secret rotate --resume --wait 1h\n";
  return text;
}

json rotation_to_json(const rotation_view& view) {
  json list = json::array();
  for (const auto& report : view.reports) {
    for (const auto& one : report.log_ins) {
      json former = json::array();
      for (const auto& session : one.former) former.push_back(session_to_json(one, session));
      list.push_back({{"log_in", one.log_in.value},
                      {"server", report.server},
                      {"services", one.services},
                      {"outcome", exec::to_string(one.outcome)},
                      {"in_use", one.now.used().value},
                      {"state", to_string(one.now.state)},
                      {"flipped_at", time_to_json(one.now.flipped_at)},
                      {"sessions_of_former", former},
                      {"text", one.text}});
    }
  }
  json document{{"changed", count(view, rotation_outcome::changed)},
                {"draining", count(view, rotation_outcome::draining)},
                {"refused", count(view, rotation_outcome::refused)},
                {"failed", count(view, rotation_outcome::failed)},
                {"log_ins", list}};
  if (!view.failures.empty()) document["error"] = to_json(view.failures.front());
  return document;
}

exit_code code_of(const rotation_view& view) {
  exit_code worst = exit_code::ok;
  for (const auto& failed : view.failures) worst = worst_of(worst, failed.code);
  for (const auto& report : view.reports) {
    for (const auto& one : report.log_ins) worst = worst_of(worst, one.code);
  }
  if (view.waited && count(view, rotation_outcome::draining) > 0) worst = worst_of(worst, exit_code::may_retry);
  return worst;
}

}  // namespace innkeeper::cli
