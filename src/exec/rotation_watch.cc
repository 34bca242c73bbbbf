#include "exec/rotation_watch.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "exec/executor.h"
#include "exec/rotation_arrows.h"
#include "exec/rotation_look.h"

namespace innkeeper::exec {
namespace {

using std::chrono::milliseconds;

std::vector<rotation_candidate*> draining(const rotation_run& run) {
  std::vector<rotation_candidate*> open;
  for (auto* one : run.chosen) {
    if (one->is_ready && one->result.now.state == rotation_state::draining) open.push_back(one);
  }
  return open;
}

// What the sessions of the former log-in say to do next.
rotation_action judge(rotation_run& run, rotation_candidate& one) {
  auto& pair = one.result.now;
  auto seen = look_at_former(run, one);
  const auto before = pair.quiet_since;
  const auto met = judge_drain(pair.rules, pair.flipped_at.value_or(server_time{}), pair.quiet_since, seen);
  if (pair.quiet_since != before) run.book.note_quiet(pair, pair.quiet_since);
  one.result.former = std::move(seen.sessions);
  return advance(pair.state, met);
}

// Another runner may have been faster, before the lock was ours.
void close_if_still_due(rotation_run& run, rotation_candidate& one) {
  if (one.result.now.state != rotation_state::draining) return;
  if (const auto next = judge(run, one); next != rotation_action::watch) close_former(run, one, next);
}

// All at once, and then looks behind them all: what may have slipped in shows only after a while.
void close_all(rotation_run& run, const std::vector<rotation_candidate*>& due) {
  const server_lock lock{run.access, run.all.name, run.options.lock_timeout, run.tell};
  run.refresh();
  for (auto* one : due) run.guarded({one}, [&] { close_if_still_due(run, *one); });
  for (auto* one : due) run.guarded({one}, [&] { go_on(run, *one); });
  run.refresh();
}

void look_at_all(rotation_run& run) {
  std::vector<rotation_candidate*> due;
  for (auto* one : draining(run)) {
    run.guarded({one}, [&] {
      if (judge(run, *one) != rotation_action::watch) due.push_back(one);
    });
  }
  if (!due.empty()) run.guarded(due, [&] { close_all(run, due); });
}

// Twenty looks in the shortest grace, at least one a second.
milliseconds pause_between_looks(const std::vector<rotation_candidate*>& open) {
  milliseconds pause{1000};
  for (const auto* one : open) pause = std::min(pause, one->result.now.rules.grace / 20);
  return std::max(pause, milliseconds{50});
}

}  // namespace

void watch_former(rotation_run& run) {
  const auto deadline = std::chrono::steady_clock::now() + run.options.wait;
  for (;;) {
    look_at_all(run);
    const auto open = draining(run);
    if (open.empty() || std::chrono::steady_clock::now() >= deadline) return;
    std::this_thread::sleep_for(pause_between_looks(open));
  }
}

}  // namespace innkeeper::exec
