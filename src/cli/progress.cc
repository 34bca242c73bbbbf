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

void tell(console& out, const exec::event& one) {
  switch (one.kind) {
    case exec::event_kind::note:
    case exec::event_kind::waiting:
      out.tell(line_for(one));
      return;
    case exec::event_kind::attempt:
    case exec::event_kind::reached:
      return;
    case exec::event_kind::detail:
      out.tell_detail(line_for(one));
      return;
    case exec::event_kind::step_begun:
      out.tell_live(fmt::format("[{}/{}] {}", one.done, one.total, line_for(one)));
      return;
    case exec::event_kind::step_done:
      out.tell_detail(fmt::format("{} ({})", line_for(one), human_duration(one.duration)));
      return;
    case exec::event_kind::step_failed:
      out.tell_detail(fmt::format("{} failed: {}", subject_of(one), one.text));
      return;
    case exec::event_kind::service_done:
      out.tell(fmt::format("{}: done", one.service));
      return;
    case exec::event_kind::service_failed:
      out.tell(fmt::format("{}: failed", one.service));
      return;
  }
}

}  // namespace

exec::event_sink progress_on(console& out) {
  return [&out](const exec::event& one) { tell(out, one); };
}

}  // namespace innkeeper::cli
