#include "exec/rotate.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <thread>

#include "core/backoff.h"
#include "exec/error.h"
#include "exec/executor.h"
#include "exec/registry.h"
#include "exec/rotation_arrows.h"
#include "exec/rotation_choice.h"
#include "exec/rotation_likeness.h"
#include "exec/rotation_run.h"
#include "exec/rotation_watch.h"

namespace innkeeper::exec {
namespace {

// One plan for all of them. What went wrong, for those that it concerns; the others go on.
std::optional<error> try_to_make_alike(rotation_run& run, audit_trail& audit) {
  const bool is_needed = std::ranges::any_of(run.chosen, [](const rotation_candidate* one) {
    return one->is_ready && doubles_connections(one->result.now.state);
  });
  if (!is_needed || run.options.what == rotate_what::give_up) return std::nullopt;
  try {
    make_alike(run, audit);
    return std::nullopt;
  } catch (const error& failed) {
    run.look();
    return failed;
  }
}

// The last look was behind the steps that made log-ins.
void finish(rotation_run& run, audit_trail& audit) {
  audit.finish_rotation(!run.has_failed(), run.changed, run.planned.desired, run.planned.observed);
}

void change_over(rotation_run& run) {
  const server_lock lock{run.access, run.all.name, run.options.lock_timeout, run.tell};
  audit_trail audit{run.access, run.all.name, run.tell};
  choose_log_ins(run);
  for (auto* one : run.chosen) {
    if (one->is_ready) run.guarded({one}, [&] { begin_rotation(run, *one); });
  }
  run.refresh();
  const auto trouble = try_to_make_alike(run, audit);
  for (auto* one : run.chosen) run.guarded({one}, [&] { go_on(run, *one, trouble); });
  run.refresh();
  if (run.options.what == rotate_what::reopen) (void)try_to_make_alike(run, audit);  // both may have sessions again
  if (run.changed > 0) finish(run, audit);
}

bool may_pass(const std::runtime_error& failed) {
  if (const auto* refused = dynamic_cast<const pg::error*>(&failed)) return refused->may_retry();
  const auto* ours = dynamic_cast<const error*>(&failed);
  return ours != nullptr && ours->code() == exit_code::may_retry;
}

// A database may hold as many sessions as before. All rotations are over by now: a server that was just restarted is
// given some time, rather than the run ended as a failed one.
void lower_limits(rotation_run& run) {
  if (!run.has_closed) return;
  const backoff_rules pauses{.initial_delay = std::chrono::milliseconds{250}, .most_tries = 6};
  for (int tries = 1;; ++tries) {
    try {
      const server_lock lock{run.access, run.all.name, run.options.lock_timeout, run.tell};
      audit_trail audit{run.access, run.all.name, run.tell};
      make_alike(run, audit);
      return finish(run, audit);
    } catch (const std::runtime_error& failed) {
      if (tries == pauses.most_tries || !may_pass(failed)) {
        return run.tell({.kind = event_kind::note,
                         .server = run.server(),
                         .text = fmt::format("the next apply lowers the databases' limits again: {}", failed.what())});
      }
    }
    std::this_thread::sleep_for(delay_after(pauses, tries, 0));
  }
}

// Where nothing was said of it yet, another runner did the work.
void conclude(rotation_candidate& one) {
  if (!one.is_ready || one.result.outcome != rotation_outcome::not_due) return;
  const bool is_draining = one.result.now.state == rotation_state::draining;
  one.result.outcome = is_draining ? rotation_outcome::draining : rotation_outcome::changed;
}

}  // namespace

std::string_view to_string(rotation_outcome one) {
  switch (one) {
    case rotation_outcome::changed:
      return "changed";
    case rotation_outcome::draining:
      return "draining";
    case rotation_outcome::given_up:
      return "given up";
    case rotation_outcome::not_due:
      return "not due";
    case rotation_outcome::refused:
      return "refused";
    case rotation_outcome::failed:
      return "failed";
  }
  return {};
}

rotate_report rotate_on(const estate& all, const server_access& access, const rotate_options& options,
                        const event_sink& tell) {
  rotation_run run{all, access, options, tell};
  change_over(run);
  watch_former(run);
  lower_limits(run);
  rotate_report report{.server = access.server->name, .log_ins = {}};
  for (auto* one : run.chosen) {
    conclude(*one);
    report.log_ins.push_back(std::move(one->result));
  }
  return report;
}

bool has_rotation_to_resume(const std::vector<observed_sessions>& sessions, const log_in_pairs& pairs,
                            server_time now) {
  return std::ranges::any_of(pairs, [&](const auto& entry) {
    const auto& pair = entry.second;
    if (!pair.is_known || !is_under_way(pair.state)) return false;
    if (pair.state != rotation_state::draining) return true;
    auto quiet_since = pair.quiet_since;
    drain_look seen{.now = now, .sessions = {}};
    for (const auto& one : sessions) {
      if (one.role == pair.other() && one.count > 0) seen.sessions.push_back({});
    }
    const auto met = judge_drain(pair.rules, now, quiet_since, seen);
    return met == rotation_event::drained || met == rotation_event::overdue || quiet_since != pair.quiet_since;
  });
}

}  // namespace innkeeper::exec
