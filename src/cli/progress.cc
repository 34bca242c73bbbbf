#include "cli/progress.h"

#include <fmt/format.h>

#include "cli/text.h"

namespace innkeeper::cli {
namespace {

std::string subject_of(const exec::event& one) {
  if (!one.service.empty()) return one.service;
  return one.server.empty() ? "" : fmt::format("server {}", one.server);
}

std::string line_for(const exec::event& one) {
  const std::string subject = subject_of(one);
  return subject.empty() ? one.text : fmt::format("{}: {}", subject, one.text);
}

void log(console& out, exec::log_level level, const exec::event& one, const std::string& text) {
  exec::start_line line{.level = level, .service = one.service, .phase = one.phase};
  line.message = one.service.empty() ? text : one.text;
  if (one.kind == exec::event_kind::step_done) line.duration = one.duration;
  out.log(line, text);
}

void tell(console& out, const exec::event& one) {
  switch (one.kind) {
    case exec::event_kind::note:
      log(out, exec::log_level::info, one, line_for(one));
      return;
    case exec::event_kind::waiting:
      log(out, exec::log_level::warning, one, line_for(one));
      return;
    case exec::event_kind::attempt:
      return;
    case exec::event_kind::reached:
      out.log({.level = exec::log_level::debug,
               .service = one.service,
               .phase = "wait",
               .message = one.subject + " is ready",
               .detail = {},
               .duration = one.duration},
              fmt::format("{} is ready ({})", one.subject, human_duration(one.duration)));
      return;
    case exec::event_kind::detail:
      if (out.settings().shows_notices) log(out, exec::log_level::debug, one, line_for(one));
      return;
    case exec::event_kind::step_begun:
      out.tell_live(fmt::format("[{}/{}] {}", one.done, one.total, line_for(one)));
      return;
    case exec::event_kind::step_done:
      log(out, exec::log_level::debug, one, fmt::format("{} ({})", line_for(one), human_duration(one.duration)));
      return;
    case exec::event_kind::step_failed:
      log(out, exec::log_level::debug, one, fmt::format("{} failed: {}", subject_of(one), one.text));
      return;
    case exec::event_kind::service_done:
      out.log({.service = one.service, .message = "done"}, fmt::format("{}: done", one.service));
      return;
    case exec::event_kind::service_failed:
      out.log({.service = one.service, .message = "failed"}, fmt::format("{}: failed", one.service));
      return;
  }
}

}  // namespace

exec::event_sink progress_on(console& out) {
  return [&out](const exec::event& one) { tell(out, one); };
}

}  // namespace innkeeper::cli
