#include "exec/rotation_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "core/naming.h"
#include "exec/rotation_likeness.h"
#include "exec/service_places.h"

namespace innkeeper::exec {
namespace {

void look_at_pairs(rotation_run& run) {
  run.look();
  if (has_errors(run.planned.steps.problems)) {
    const auto& first = *std::ranges::find(run.planned.steps.problems, severity::error, &diagnostic::level);
    throw error{exit_code::invalid, first.message, first.detail, first.hint};
  }
  const auto pairs = pairs_on(run.all, *run.access.server, run.planned.observed);
  for (auto& one : run.candidates) {
    const auto found = pairs.find(one.result.log_in);
    one.result.now =
        found != pairs.end()
            ? found->second
            : log_in_pair{.log_in = one.result.log_in, .twin = twin_of(one.result.log_in), .is_known = true};
  }
}

bool is_asked_for(const rotation_candidate& one, const rotate_options& options) {
  return options.services.empty() || std::ranges::any_of(one.services, [&](const auto* service) {
           return options.services.contains(service->name);
         });
}

// The plan asks for nothing of a service that its database's mark calls retired.
bool is_retired(const rotation_candidate& one, const desired_server& desired) {
  return std::ranges::find(desired.roles, one.result.log_in, &desired_role::name) == desired.roles.end();
}

bool is_older(const log_in_pair& pair, const pg::password_times& ages, std::chrono::milliseconds than) {
  const auto seen = ages.since.find(pair.used());
  const auto since = pair.used_since            ? pair.used_since
                     : seen != ages.since.end() ? std::optional{seen->second}
                                                : std::nullopt;
  return !since || ages.now - *since > than;
}

void choose_to_rotate(rotation_run& run, rotation_candidate& one, const pg::password_times& ages) {
  if (one.services.front()->authentication == authentication_kind::certificate) {
    run.refuse(one, "it shows a certificate, and has no password", exit_code::ok, rotation_outcome::not_due);
  } else if (run.options.older_than && !is_older(one.result.now, ages, *run.options.older_than)) {
    one.is_ready = false;
  } else if (std::ranges::any_of(one.services,
                                 [](const auto* each) { return each->managed_by == secret_manager::external; })) {
    run.refuse(one, "another manager makes its password (managed_by: external): it is changed there");
  } else if (one.mode == rotation_mode::off) {
    run.refuse(one, fmt::format("the manifest says rotation: off{}",
                                one.where.line > 0 ? fmt::format(" ({})", to_string(one.where)) : ""));
  }
}

void choose_settled(rotation_run& run, rotation_candidate& one, const pg::password_times& ages) {
  switch (run.options.what) {
    case rotate_what::resume:
    case rotate_what::give_up:
      one.is_ready = false;  // nothing is under way
      break;
    case rotate_what::reopen:
      if (!one.result.now.has_twin || !one.result.now.flipped_at) run.refuse(one, "it has no former log-in");
      break;
    case rotate_what::rotate:
      choose_to_rotate(run, one, ages);
      break;
  }
}

// Both are open, and the registry was lost: the one that the secrets directory names is taken to be in use.
void settle_unknown(rotation_run& run, rotation_candidate& one) {
  auto& pair = one.result.now;
  const auto& written = run.planned.observed.pairs;
  if (std::ranges::find(written, pair.log_in, &log_in_pair::log_in) != written.end()) {
    run.refuse(one, "a newer version of Innkeeper has begun a rotation of it");
    return;
  }
  pair.on_twin = run.store.in_use(run.server(), pair.log_in) == pair.twin;
  const auto kept = run.store.read(run.server(), pair.used());
  if (kept.state != stored_state::present) {
    run.refuse(one, fmt::format("which of \"{}\" and \"{}\" is in use is known neither to the registry nor here",
                                pair.log_in, pair.twin));
    return;
  }
  pair.is_known = true;
  pair.on_twin = !pair.on_twin;  // so that the flip makes it the one in use, everywhere
  pair.state = rotation_state::flipping;
  run.book.remember(pair.other(), kept.value.verifier);
  run.book.begin(pair, pair.state, run.terms());
}

void choose(rotation_run& run, rotation_candidate& one, const pg::password_times& ages) {
  const auto& pair = one.result.now;
  if (is_retired(one, run.planned.desired)) {
    run.refuse(one, "the service is retired", exit_code::ok, rotation_outcome::not_due);
  } else if (run.role_of(one.result.log_in) == nullptr) {
    run.refuse(one, fmt::format("log-in \"{}\" is not there yet; run innkeeper apply first", one.result.log_in));
  } else if (!pair.is_known) {
    run.guarded({&one}, [&] { settle_unknown(run, one); });
  } else if (pair.state == rotation_state::settled) {
    choose_settled(run, one, ages);
  } else if (run.options.what == rotate_what::give_up && !has_arrow(pair.state, rotation_event::asked_to_give_up)) {
    run.refuse(one, "applications have the new log-in by now: it can only go on");
  }
}

// One question for all of them: it costs a session, and a look through the whole of pg_shdepend.
void refuse_where_a_twin_would_lack_something(rotation_run& run) {
  if (run.options.what != rotate_what::rotate) return;
  std::vector<rotation_candidate*> beginning;
  std::vector<role_name> log_ins;
  for (auto* one : run.chosen) {
    const auto& pair = one->result.now;
    if (!one->is_ready || one->mode != rotation_mode::overlap || pair.state != rotation_state::settled) continue;
    beginning.push_back(one);
    log_ins.insert(log_ins.end(), {pair.log_in, pair.twin});
  }
  if (beginning.empty()) return;
  const auto dependencies = dependencies_of(log_ins, run.access);
  for (auto* one : beginning) {
    auto obstacle = obstacle_to_twin(one->result.now, run.planned.desired, run.planned.observed, dependencies);
    if (!obstacle.empty()) run.refuse(*one, std::move(obstacle));
  }
}

// What would go on naming the former log-in after the rotation; empty: nothing.
std::string obstacle_in(const place_look& look, bool is_embedded) {
  if (look.sink.managed_by == secret_manager::external) return {};
  if (look.is == place_look::state::unreadable)
    return fmt::format("secret {} can't be read: {}", name_of(look.sink), look.problem);
  if (look.is == place_look::state::out_of_reach)
    return is_embedded ? "" : fmt::format("secret {} is out of reach: {}", name_of(look.sink), look.problem);
  if (!look.kept_by.empty())
    return fmt::format("secret {} is kept by {}, which would undo what is written there", name_of(look.sink),
                       look.kept_by);
  for (const auto& one : look.wanted.problems)
    return fmt::format("secret {}: {} can't be written: {}", name_of(look.sink), one.key, one.text);
  for (const auto& key : judge(look)) {
    const bool stays =
        key.truth == key_truth::altered || key.truth == key_truth::foreign || key.truth == key_truth::of_another_owner;
    if (stays) {
      return fmt::format(
          "secret {}: {} is another hand's, and would go on naming the former log-in; \"innkeeper apply "
          "--overwrite-secret {}\" makes it ours",
          name_of(look.sink), key.name, look.service);
    }
  }
  return {};
}

void refuse_where_another_hand_wrote(rotation_run& run) {
  if (run.options.what != rotate_what::rotate) return;
  std::map<std::string, rotation_candidate*> beginning;
  std::set<std::string> services;
  for (auto* one : run.chosen) {
    if (!one->is_ready || one->result.now.state != rotation_state::settled) continue;
    for (const auto* service : one->services) {
      if (service->user.value != one->result.log_in) continue;
      beginning[service->name] = one;
      services.insert(service->name);
    }
  }
  if (services.empty()) return;
  const auto pairs = pairs_on(run.all, *run.access.server, run.planned.observed);
  for (const auto& look : look_at_places(run.all, run.places, run.access, services, log_in_trials::none, pairs)) {
    auto& one = *beginning.at(look.service);
    auto obstacle = obstacle_in(look, !run.access.server->url);
    if (!obstacle.empty() && one.is_ready) run.refuse(one, std::move(obstacle));
  }
}

}  // namespace

void choose_log_ins(rotation_run& run) {
  look_at_pairs(run);
  const auto ages = run.book.read_ages();
  for (auto& one : run.candidates) {
    if (!is_asked_for(one, run.options)) continue;
    run.chosen.push_back(&one);
    choose(run, one, ages);
  }
  refuse_where_another_hand_wrote(run);
  refuse_where_a_twin_would_lack_something(run);
}

}  // namespace innkeeper::exec
