#include "exec/rotation_arrows.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include "core/scram.h"
#include "core/workload_namespace.h"
#include "exec/kubernetes.h"
#include "exec/pooler_reload.h"
#include "exec/random.h"
#include "exec/rotation_likeness.h"
#include "exec/rotation_look.h"
#include "exec/rotation_trial.h"
#include "exec/service_places.h"

namespace innkeeper::exec {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds look_behind_for{500};  // longer than a log-in that has passed the check takes to show
constexpr milliseconds end_sessions_within{10000};

std::string words_of(rotation_action action) {
  std::string text{to_string(action)};
  std::ranges::replace(text, '_', ' ');
  return text;
}

// One log-in on its way through the table of arrows.
class traveller {
 public:
  traveller(rotation_run& run, rotation_candidate& one, const std::optional<error>& trouble)
      : run_{run}, one_{one}, pair_{one.result.now}, trouble_{trouble} {}

  void go_on() {
    auto next = first_action();
    while (next != rotation_action::rest && next != rotation_action::stop && next != rotation_action::watch) {
      run_.tell_begun(one_, words_of(next));
      const auto met = perform(next);
      next = advance(pair_.state, met);
      ++run_.changed;
    }
    if (next == rotation_action::stop) one_.is_ready = false;
  }

 private:
  [[nodiscard]] rotation_action first_action() {
    switch (run_.options.what) {
      case rotate_what::give_up:
        return advance(pair_.state, rotation_event::asked_to_give_up);
      case rotate_what::reopen:
        if (pair_.state == rotation_state::settled) return advance(pair_.state, rotation_event::asked_to_reopen);
        break;
      case rotate_what::rotate:
      case rotate_what::resume:
        break;
    }
    return advance(pair_.state, rotation_event::resumed);
  }

  rotation_event perform(rotation_action what) {
    switch (what) {
      case rotation_action::make_alike:
        return check_likeness();
      case rotation_action::keep_password:
        return keep_password();
      case rotation_action::open:
        return open();
      case rotation_action::try_log_in:
        return try_log_in();
      case rotation_action::begin_flip:
        run_.book.write(pair_, rotation_state::flipping);
        return rotation_event::flip_begun;
      case rotation_action::write_places:
        return write_places();
      case rotation_action::name_restarts:
        return name_restarts();
      case rotation_action::look_behind:
        return look_behind();
      case rotation_action::end_sessions:
        return end_sessions();
      case rotation_action::reopen:
        return reopen();
      case rotation_action::renew:
        return renew();
      case rotation_action::give_up:
        return give_up();
      case rotation_action::close:
      case rotation_action::close_by_force:
      case rotation_action::watch:
      case rotation_action::rest:
      case rotation_action::stop:
        break;
    }
    throw std::logic_error{fmt::format("nothing to perform for {}", to_string(what))};
  }

  // The steps ran for all log-ins at once: one plan is the same for all of them, and costs more than its steps.
  rotation_event check_likeness() {
    const auto lacking = what_other_lacks(run_, one_);
    if (!lacking.empty()) {
      throw error{trouble_ ? trouble_->code() : exit_code::failed,
                  fmt::format("log-in \"{}\" could not be made like \"{}\"", pair_.other(), pair_.used()),
                  trouble_ ? lacking + "\n" + whole_text(*trouble_) : lacking,
                  "Run innkeeper plan to see what is in the way; the log-in in use is as it was."};
    }
    pair_.has_twin = true;
    run_.book.write(pair_, rotation_state::alike);
    return rotation_event::made_alike;
  }

  rotation_event keep_password() {
    const auto made = make_password();
    run_.store.write(run_.server(), pair_.other(), made);
    run_.tell_done(one_, "kept");
    run_.book.keep(pair_, made.verifier);
    return rotation_event::kept;
  }

  [[nodiscard]] static stored_secret make_password() {
    const secret password = generate_password();
    return {password, scram_verifier(password, random_salt())};
  }

  rotation_event open() {
    const auto kept = read_kept();
    if (kept.state != stored_state::present) return lose(kept);
    const auto* role = run_.role_of(pair_.other());
    run_.book.open(pair_, kept.value.verifier, role != nullptr && !role->valid_until.empty());
    return rotation_event::opened;
  }

  // The new password of this rotation, and none of former days.
  [[nodiscard]] secret_store::entry read_kept() {
    auto kept = run_.store.read(run_.server(), pair_.other());
    if (kept.state == stored_state::present && !run_.book.knows(pair_.other(), kept.value.verifier)) return {};
    return kept;
  }

  // Nobody uses it: closed, and made anew. What can't be read is not lost.
  rotation_event lose(const secret_store::entry& kept) {
    if (kept.state == stored_state::unreadable) {
      throw error{exit_code::invalid, fmt::format("password of \"{}\" can't be read", pair_.other()), kept.problem};
    }
    run_.book.close(pair_, rotation_state::alike);
    return rotation_event::password_lost;
  }

  rotation_event try_log_in() {
    const auto kept = read_kept();
    if (kept.state != stored_state::present) return lose(kept);
    tell_poolers();
    if (!gets_in(run_, one_, pair_.other(), kept.value.password)) return rotation_event::refused;
    run_.book.write(pair_, rotation_state::tried);
    return rotation_event::got_in;
  }

  // Of verifiers that have changed.
  void tell_poolers() {
    std::set<std::string> told;
    for (const auto* service : one_.services) {
      if (told.insert(service->via).second) reload_pooler(run_.all, *service, run_.access, run_.tell);
    }
  }

  // An application may have the new password by now: no other one will do.
  rotation_event write_places() {
    const auto kept = read_kept();
    if (kept.state != stored_state::present) {
      run_.fail(one_, fmt::format("the password of \"{}\" is not known here, and an application may have it; run this "
                                  "where {} ran, or say --give-up where nobody can have read it",
                                  pair_.other(), pair_.who));
      return rotation_event::places_failed;
    }
    run_.store.use(run_.server(), pair_.log_in, pair_.other());
    place(pair_.other(), kept.value.password);
    run_.tell_done(one_, "written");
    run_.book.flip(pair_);
    pair_.on_twin = !pair_.on_twin;
    return rotation_event::places_written;
  }

  // In all places where an application of it looks. Throws where one of them goes on saying something else.
  void place(const role_name& log_in, const secret& password) {
    std::set<std::string> services;
    for (const auto* service : one_.services) {
      if (service->user.value != pair_.log_in || service->secrets.empty()) continue;  // not its migrator's
      const auto target = service_conninfo_as(log_in, password, *service, run_.access);
      exec::write_places(run_.all, run_.places, *service, target, false);
      services.insert(service->name);
    }
    if (services.empty()) return;
    for (const auto& look : look_at_places(run_.all, run_.places, run_.access, services, log_in_trials::none)) {
      if (auto left = what_names_another(look, log_in, password); !left.empty())
        throw error{exit_code::failed, std::move(left), {}, "Mend that, then run innkeeper secret rotate --resume."};
    }
  }

  // Of a place that is ours to write.
  [[nodiscard]] std::string what_names_another(const place_look& look, const role_name& log_in,
                                               const secret& password) const {
    if (look.sink.managed_by == secret_manager::external) return {};
    if (look.is == place_look::state::out_of_reach && !run_.access.server->url) return {};
    if (look.is != place_look::state::present)
      return fmt::format("secret {} could not be written: {}", name_of(look.sink), look.problem);
    for (const auto& one : log_ins_in(look.values, look.sink)) {
      const bool is_declared = std::ranges::find(look.sink.keys, one.key, &secret_key::name) != look.sink.keys.end();
      const bool is_right = (one.user.empty() || one.user == log_in) && one.password == password;
      if (is_declared && !is_right)
        return fmt::format("secret {}: {} names another log-in, and was not written", name_of(look.sink), one.key);
    }
    return {};
  }

  // Whoever is not restarted shows by the sessions that it opens.
  rotation_event name_restarts() {
    for (const auto* service : one_.services) {
      for (const auto& workload : service->rotation.restart) {
        run_.tell({.kind = event_kind::note,
                   .server = run_.server(),
                   .service = service->name,
                   .text = restart(workload, *service)});
      }
    }
    run_.book.write(pair_, rotation_state::draining);
    return rotation_event::restarts_named;
  }

  // What is to be said of it. Where we can't, a person has to: the rotation waits for that anyway.
  [[nodiscard]] std::string restart(const restarted_workload& workload, const service_declaration& service) const {
    const auto space = namespace_of(workload, service);
    const bool is_in_reach = run_.access.server->url && kubernetes() != nullptr;
    if (!is_in_reach || space.empty())
      return fmt::format("restart {}: it reads its secret only when it starts", to_string(workload));
    try {
      if (const auto why_not = kubernetes()->why_not(); !why_not.empty())
        return fmt::format("restart {}: it reads its secret only when it starts ({})", to_string(workload), why_not);
      kubernetes()->restart_workload(space, workload.kind + "/" + workload.name);
      return fmt::format("restarts {}/{}/{}, which reads its secret only when it starts", space, workload.kind,
                         workload.name);
    } catch (const error& failed) {
      return fmt::format("restart {} by hand: {}", to_string(workload), whole_text(failed));
    }
  }

  // A log-in that the server let in just before its role was closed shows a moment later.
  rotation_event look_behind() {
    for (const auto deadline = one_.closed_at + look_behind_for;;) {
      const bool is_late = clock::now() >= deadline;
      if (!look_at_former(run_, one_).sessions.empty()) return rotation_event::slipped_in;
      if (is_late) return settle();
      std::this_thread::sleep_for(milliseconds{50});
    }
  }

  rotation_event end_sessions() {
    for (const auto deadline = clock::now() + end_sessions_within;
         run_.book.end_sessions(run_.planned.observed, pair_) > 0;) {
      if (clock::now() > deadline) {
        throw error{exit_code::may_retry, fmt::format("sessions of \"{}\" did not end", pair_.other()),
                    "it is closed, and nobody gets in with it any more"};
      }
      std::this_thread::sleep_for(milliseconds{50});
    }
    return settle();
  }

  rotation_event settle() {
    // A pooler keeps idle ones, which would take the seats of the log-in that is in use.
    const auto goes_by_pooler = [&](const service_declaration* service) {
      const auto* way = endpoint_of(*run_.access.server, *service);
      return way != nullptr && way->pooler && way->pooler->is_ours;
    };
    if (std::ranges::any_of(one_.services, goes_by_pooler)) (void)run_.book.end_sessions(run_.planned.observed, pair_);
    run_.store.forget(run_.server(), pair_.other());
    tell_poolers();
    run_.book.write(pair_, rotation_state::settled);
    one_.result.outcome = rotation_outcome::changed;
    one_.result.former.clear();
    run_.has_closed = true;
    return rotation_event::all_gone;
  }

  rotation_event reopen() {
    const bool is_asked = run_.options.what == rotate_what::reopen;
    run_.book.reopen(pair_, is_asked ? std::optional{run_.terms()} : std::nullopt);
    return rotation_event::reopened;
  }

  rotation_event renew() {
    const auto made = make_password();
    run_.store.write(run_.server(), pair_.used(), made);
    place(pair_.used(), made.password);
    run_.tell_done(one_, "kept");
    run_.book.renew(pair_, made.verifier);
    run_.tell_done(one_, "set");
    tell_poolers();
    if (!gets_in(run_, one_, pair_.used(), made.password)) return rotation_event::refused;
    run_.book.write(pair_, rotation_state::settled);
    one_.result.outcome = rotation_outcome::changed;
    one_.result.text =
        "in place: " +
        (one_.cost.empty() ? "whoever holds the former password fails to log in until it reads again" : one_.cost);
    return rotation_event::renewed;
  }

  // The secret first: whoever reads it meanwhile finds the log-in that stays open.
  rotation_event give_up() {
    const auto former = run_.places.read(run_.server(), pair_.used());
    const bool has_places = std::ranges::any_of(one_.services, [](const auto* one) { return !one->secrets.empty(); });
    if (pair_.state == rotation_state::flipping && has_places && former.state != stored_state::present) {
      throw error{exit_code::invalid,
                  fmt::format("the password of \"{}\" is not known here, and places may say \"{}\" by now",
                              pair_.used(), pair_.other()),
                  former.problem, "Run this where the password is kept."};
    }
    run_.store.use(run_.server(), pair_.log_in, pair_.used());
    if (former.state == stored_state::present && pair_.state == rotation_state::flipping)
      place(pair_.used(), former.value.password);
    run_.tell_done(one_, "taken back");
    run_.book.close(pair_, rotation_state::settled);
    if (pair_.has_twin) run_.store.forget(run_.server(), pair_.other());
    tell_poolers();
    one_.result.outcome = rotation_outcome::given_up;
    return rotation_event::given_up;
  }

  rotation_run& run_;
  rotation_candidate& one_;
  log_in_pair& pair_;
  const std::optional<error>& trouble_;
};

}  // namespace

void begin_rotation(rotation_run& run, rotation_candidate& one) {
  const auto& pair = one.result.now;
  if (pair.state != rotation_state::settled) {
    run.book.set_terms(pair, run.options.grace, run.options.force_after);
  } else if (run.options.what == rotate_what::reopen) {
    return;
  } else {
    const auto asked = one.mode == rotation_mode::in_place ? rotation_event::asked_in_place : rotation_event::asked;
    auto next = pair.state;
    (void)advance(next, asked);
    run.tell_begun(one, "begin");
    run.book.begin(pair, next, run.terms());
  }
}

void go_on(rotation_run& run, rotation_candidate& one, const std::optional<error>& trouble) {
  if (one.is_ready) traveller{run, one, trouble}.go_on();
}

void close_former(rotation_run& run, rotation_candidate& one, rotation_action how) {
  auto& pair = one.result.now;
  run.tell_begun(one, words_of(how));
  const bool is_forced = how == rotation_action::close_by_force;
  run.book.close(pair, is_forced ? rotation_state::forced : rotation_state::closed);
  (void)advance(pair.state, is_forced ? rotation_event::closed_by_force : rotation_event::closed);
  one.closed_at = clock::now();
  run.tell_done(one, "closed");
}

}  // namespace innkeeper::exec
