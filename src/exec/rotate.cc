#include "exec/rotate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "core/mark.h"
#include "core/naming.h"
#include "core/scram.h"
#include "exec/error.h"
#include "exec/executor.h"
#include "exec/ordered_steps.h"
#include "exec/random.h"
#include "exec/rotation_book.h"
#include "exec/rotation_candidates.h"

namespace innkeeper::exec {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds look_behind_for{500};  // longer than a log-in that has passed the check takes to show
constexpr milliseconds end_sessions_within{10000};
constexpr milliseconds try_for{5000};

class turner {
 public:
  turner(const estate& all, const server_access& access, const rotate_options& options, const event_sink& tell)
      : all_{all},
        access_{access},
        options_{options},
        tell_{tell},
        store_{all.secrets_directory},
        book_{access, all.name},
        candidates_{rotation_candidates(all, *access.server)} {}

  rotate_report run() {
    {
      const server_lock lock{access_, all_.name, options_.lock_timeout, tell_};
      audit_trail audit{access_, all_.name, tell_};
      look();
      choose();
      begin_all();
      make_all_alike(audit);
      for (auto* one : chosen_) guarded(*one, [&] { go_on(*one); });
      if (options_.what == rotate_what::reopen) make_all_alike(audit);  // both may have sessions again
      if (changed_ > 0) audit.finish_leaving(!has_failed(), changed_);
    }
    watch();
    lower_limits();
    rotate_report report{.server = access_.server->name, .log_ins = {}};
    for (auto* one : chosen_) {
      conclude(*one);
      report.log_ins.push_back(std::move(one->result));
    }
    return report;
  }

 private:
  // Of the whole estate: a log-in has rights in the databases of services that it reads, too.
  [[nodiscard]] server_plan plan_all() const { return plan_server(all_, access_, {.how = depth::quick}); }

  // The registry's word on every pair, and what the plan would do for them.
  void look() {
    planned_ = plan_all();
    if (has_errors(planned_.steps.problems)) {
      const auto& first = *std::ranges::find(planned_.steps.problems, severity::error, &diagnostic::level);
      throw error{exit_code::invalid, first.message, first.detail, first.hint};
    }
    const auto pairs = pairs_on(all_, *access_.server, planned_.observed);
    for (auto& one : candidates_) {
      const auto found = pairs.find(one.result.log_in);
      one.result.now =
          found != pairs.end()
              ? found->second
              : log_in_pair{.log_in = one.result.log_in, .twin = twin_of(one.result.log_in), .is_known = true};
    }
  }

  void choose() {
    const auto ages = book_.read_ages();
    for (auto& one : candidates_) {
      const bool is_asked_for =
          options_.services.empty() || std::ranges::any_of(one.services, [&](const service_declaration* service) {
            return options_.services.contains(service->name);
          });
      if (!is_asked_for) continue;
      chosen_.push_back(&one);
      const auto& pair = one.result.now;
      if (is_retired(one)) {
        refuse(one, "the service is retired", exit_code::ok, rotation_outcome::not_due);
      } else if (role_of(one.result.log_in) == nullptr) {
        refuse(one, fmt::format("log-in \"{}\" is not there yet; run innkeeper apply first", one.result.log_in));
      } else if (!pair.is_known) {
        guarded(one, [&] { settle_unknown(one); });
      } else if (pair.state == rotation_state::settled) {
        choose_settled(one, ages);
      } else if (options_.what == rotate_what::give_up && !has_arrow(pair.state, rotation_event::asked_to_give_up)) {
        refuse(one, "applications have the new log-in by now: it can only go on");
      }
    }
  }

  void choose_settled(rotation_candidate& one, const rotation_book::ages& ages) {
    const auto& pair = one.result.now;
    switch (options_.what) {
      case rotate_what::resume:
      case rotate_what::give_up:
        one.is_ready = false;  // nothing is under way
        return;
      case rotate_what::reopen:
        if (!pair.has_twin || !pair.flipped_at) refuse(one, "it has no former log-in");
        return;
      case rotate_what::rotate:
        break;
    }
    if (options_.older_than && !is_older(pair, ages)) {
      one.is_ready = false;
    } else if (one.mode == rotation_mode::off) {
      refuse(one, fmt::format("the manifest says rotation: off{}",
                              one.where.line > 0 ? fmt::format(" ({})", to_string(one.where)) : ""));
    } else if (one.mode == rotation_mode::overlap) {
      auto obstacle = obstacle_to_twin(one.result.now, planned_.desired, planned_.observed, access_);
      if (!obstacle.empty()) refuse(one, std::move(obstacle));
    }
  }

  [[nodiscard]] bool is_older(const log_in_pair& pair, const rotation_book::ages& ages) const {
    const auto seen = ages.since.find(pair.used());
    const auto since = pair.used_since            ? pair.used_since
                       : seen != ages.since.end() ? std::optional{seen->second}
                                                  : std::nullopt;
    return !since || ages.now - *since > *options_.older_than;
  }

  // Both are open, and the registry was lost: the one that the secrets directory names is taken to be in use.
  void settle_unknown(rotation_candidate& one) {
    auto& pair = one.result.now;
    if (planned_.observed.pairs.end() !=
        std::ranges::find(planned_.observed.pairs, pair.log_in, &log_in_pair::log_in)) {
      refuse(one, "a newer version of Innkeeper has begun a rotation of it");
      return;
    }
    pair.on_twin = store_.in_use(access_.server->name, pair.log_in) == pair.twin;
    const auto kept = store_.read(access_.server->name, pair.used());
    if (kept.state != stored_state::present) {
      refuse(one, fmt::format("which of \"{}\" and \"{}\" is in use is known neither to the registry nor here",
                              pair.log_in, pair.twin));
      return;
    }
    pair.is_known = true;
    pair.on_twin = !pair.on_twin;  // so that the flip makes it the one in use, everywhere
    pair.state = rotation_state::flipping;
    book_.remember(pair.other(), kept.value.verifier);
    book_.begin(pair, pair.state, terms());
  }

  [[nodiscard]] rotation_book::terms terms() const {
    return {.grace = options_.grace.value_or(default_grace), .force_after = options_.force_after};
  }

  void begin_all() {
    for (auto* one : chosen_) {
      if (!one->is_ready) continue;
      guarded(*one, [&] { begin(*one); });
    }
  }

  void begin(rotation_candidate& one) {
    auto& pair = one.result.now;
    if (pair.state != rotation_state::settled) {
      book_.set_terms(pair, options_.grace, options_.force_after);
      refresh(one);
      return;
    }
    if (options_.what == rotate_what::reopen) return;
    const auto asked = one.mode == rotation_mode::in_place ? rotation_event::asked_in_place : rotation_event::asked;
    auto next = pair.state;
    (void)advance(next, asked);
    tell_arrow(one, "begin");
    book_.begin(pair, next, terms());
    refresh(one);
  }

  // One plan for all of them: it is the same, and a plan costs more than its steps.
  void make_all_alike(audit_trail& audit) {
    const bool is_needed = std::ranges::any_of(chosen_, [](const rotation_candidate* one) {
      return one->is_ready && doubles_connections(one->result.now.state);
    });
    if (!is_needed || options_.what == rotate_what::give_up) return;
    try {
      run_steps_about_pairs(audit);
    } catch (const error& failed) {
      trouble_ = whole_text(failed);  // of one of them; the others go on
      planned_ = plan_all();
    }
  }

  void run_steps_about_pairs(audit_trail& audit) {
    planned_ = plan_all();
    std::set<role_name> roles;
    std::set<database_name> databases;
    for (const auto* one : chosen_) {
      roles.insert({one->result.now.log_in, one->result.now.twin});
      for (const auto* service : one->services) databases.insert(service->database.value);
    }
    std::vector<step> steps;
    for (const auto& one : planned_.steps.steps) {
      if (auto part = part_about(one, roles, databases)) steps.push_back(std::move(*part));
    }
    changed_ += run_in_order(steps, access_, audit, tell_);
    if (!steps.empty()) planned_ = plan_all();
  }

  // Until it can only be watched, has come to its end, or needs people.
  void go_on(rotation_candidate& one) {
    if (!one.is_ready) return;
    auto& pair = one.result.now;
    auto next = rotation_action::rest;
    if (options_.what == rotate_what::give_up) {
      next = advance(pair.state, rotation_event::asked_to_give_up);
    } else if (options_.what == rotate_what::reopen && pair.state == rotation_state::settled) {
      next = advance(pair.state, rotation_event::asked_to_reopen);
    } else {
      next = advance(pair.state, rotation_event::resumed);
    }
    while (next != rotation_action::rest && next != rotation_action::stop && next != rotation_action::watch) {
      tell_arrow(one, to_string(next));
      const auto met = perform(one, next);
      next = advance(pair.state, met);
      ++changed_;
    }
    if (next == rotation_action::stop) one.is_ready = false;
    if (next == rotation_action::watch) refresh(one);
  }

  rotation_event perform(rotation_candidate& one, rotation_action what) {
    switch (what) {
      case rotation_action::make_alike:
        return make_alike(one);
      case rotation_action::keep_password:
        return keep_password(one);
      case rotation_action::open:
        return open(one);
      case rotation_action::try_log_in:
        return try_log_in(one);
      case rotation_action::begin_flip:
        book_.write(one.result.now, rotation_state::flipping);
        return rotation_event::flip_begun;
      case rotation_action::write_places:
        return write_places(one);
      case rotation_action::restart:
        return restart(one);
      case rotation_action::look_behind:
        return look_behind(one);
      case rotation_action::end_sessions:
        return end_sessions(one);
      case rotation_action::reopen:
        book_.reopen(one.result.now, options_.what == rotate_what::reopen ? std::optional{terms()} : std::nullopt);
        return rotation_event::reopened;
      case rotation_action::renew:
        return renew(one);
      case rotation_action::give_up:
        book_.close(one.result.now, rotation_state::settled);
        store_.use(server(), one.result.now.log_in, one.result.now.used());
        if (one.result.now.has_twin) store_.forget(server(), one.result.now.other());
        one.result.outcome = rotation_outcome::given_up;
        return rotation_event::given_up;
      case rotation_action::close:
      case rotation_action::close_by_force:
      case rotation_action::watch:
      case rotation_action::rest:
      case rotation_action::stop:
        break;
    }
    throw std::logic_error{fmt::format("nothing to perform for {}", to_string(what))};
  }

  rotation_event make_alike(rotation_candidate& one) {
    auto& pair = one.result.now;
    const auto lacking = what_it_lacks(one);
    if (!lacking.empty()) {
      throw error{exit_code::failed,
                  fmt::format("log-in \"{}\" could not be made like \"{}\"", pair.other(), pair.used()),
                  trouble_.empty() ? lacking : lacking + "\n" + trouble_,
                  "Run innkeeper plan to see what is in the way; the log-in in use is as it was."};
    }
    pair.has_twin = true;
    book_.write(pair, rotation_state::alike);
    return rotation_event::made_alike;
  }

  [[nodiscard]] std::string what_it_lacks(const rotation_candidate& one) const {
    const auto& pair = one.result.now;
    if (role_of(pair.other()) == nullptr) return "it is not there";
    std::set<database_name> databases;
    for (const auto* service : one.services) databases.insert(service->database.value);
    for (const auto& each : planned_.steps.steps) {
      if (part_about(each, {pair.log_in, pair.twin}, databases)) return "still to do: " + describe(each);
    }
    const auto roles_of = [&](const role_name& member) {
      std::set<role_name> roles;
      for (const auto& row : planned_.observed.memberships) {
        if (row.member == member) roles.insert(row.role);
      }
      return roles;
    };
    const auto held = roles_of(pair.other());
    for (const auto& role : roles_of(pair.used())) {
      if (!held.contains(role)) return fmt::format("it is no member of \"{}\"", role);
    }
    return {};
  }

  rotation_event keep_password(rotation_candidate& one) {
    const secret password = generate_password();
    const stored_secret made{password, scram_verifier(password, random_salt())};
    store_.write(server(), one.result.now.other(), made);
    tell_done(one, "kept");
    book_.keep(one.result.now, made.verifier);
    return rotation_event::kept;
  }

  rotation_event open(rotation_candidate& one) {
    auto& pair = one.result.now;
    const auto kept = read_kept(pair.other());
    if (kept.state != stored_state::present) return lose(one, kept);
    const auto* role = role_of(pair.other());
    book_.open(pair, kept.value.verifier, role != nullptr && !role->valid_until.empty());
    reload_poolers();
    return rotation_event::opened;
  }

  [[nodiscard]] secret_store::entry read_kept(const role_name& log_in) {
    auto kept = store_.read(server(), log_in);
    if (kept.state == stored_state::present && !book_.knows(log_in, kept.value.verifier)) return {};
    return kept;
  }

  // Nobody uses it: closed, and made anew. What can't be read is not lost.
  rotation_event lose(rotation_candidate& one, const secret_store::entry& kept) {
    auto& pair = one.result.now;
    if (kept.state == stored_state::unreadable) {
      throw error{exit_code::invalid, fmt::format("password of \"{}\" can't be read", pair.other()), kept.problem};
    }
    book_.close(pair, rotation_state::alike);
    return rotation_event::password_lost;
  }

  rotation_event try_log_in(rotation_candidate& one) {
    auto& pair = one.result.now;
    const auto kept = read_kept(pair.other());
    if (kept.state != stored_state::present) return lose(one, kept);
    if (!gets_in(one, pair.other(), kept.value.password)) return rotation_event::refused;
    book_.write(pair, rotation_state::tried);
    return rotation_event::got_in;
  }

  // To every database, as the applications do.
  bool gets_in(rotation_candidate& one, const role_name& log_in, const secret& password) {
    for (const auto* service : one.services) {
      const auto target = service_conninfo_as(log_in, password, *service, access_);
      for (const auto deadline = clock::now() + try_for;;) {
        try {
          auto session = pg::connection::open(
              target, {.kind = pg::session_kind::service, .application_name = "innkeeper rotation"});
          const auto found = session.query("SELECT current_user").text(0, 0);
          const auto wanted = starting_role_in(planned_.desired, log_in, service->database.value);
          if (found == wanted.value) break;
          fail(one, fmt::format("log-in \"{}\" starts as \"{}\" in database \"{}\", not as \"{}\"", log_in, found,
                                target.database, wanted));
          return false;
        } catch (const pg::error& refused) {
          if (refused.may_retry() && clock::now() < deadline) {
            std::this_thread::sleep_for(milliseconds{100});
            continue;
          }
          fail(one, fmt::format("log-in \"{}\" does not get into database \"{}\": {} [{}]", log_in, target.database,
                                refused.facts().primary, refused.sqlstate()));
          return false;
        }
      }
    }
    return true;
  }

  rotation_event write_places(rotation_candidate& one) {
    auto& pair = one.result.now;
    const auto password = find_new_password(one);
    if (!password) return rotation_event::places_failed;
    store_.use(server(), pair.log_in, pair.other());
    tell_done(one, "written here");
    if (!write_other_places(one, pair.other(), *password)) return rotation_event::places_failed;
    tell_done(one, "written");
    book_.flip(pair);
    pair.on_twin = !pair.on_twin;
    return rotation_event::places_written;
  }

  // An application may have it by now: no other one will do.
  [[nodiscard]] std::optional<secret> find_new_password(rotation_candidate& one) {
    const auto& log_in = one.result.now.other();
    if (auto kept = read_kept(log_in); kept.state == stored_state::present) return kept.value.password;
    if (auto found = find_in_places(one); found && gets_in(one, log_in, *found)) {
      store_.write(server(), log_in, {*found, scram_verifier(*found, random_salt())});
      return found;
    }
    fail(one, fmt::format("the password of \"{}\" is not known here, and an application may have it; run this where {} "
                          "ran, or say --give-up where nobody can have read it",
                          log_in, one.result.now.who));
    return std::nullopt;
  }

  [[nodiscard]] std::optional<secret> find_in_places(const rotation_candidate& one) const {
    if (!options_.hooks.find_password) return std::nullopt;
    for (const auto* service : one.services) {
      if (auto found = options_.hooks.find_password(*service, one.result.now.other())) return found;
    }
    return std::nullopt;
  }

  bool write_other_places(rotation_candidate& one, const role_name& log_in, const secret& password) {
    if (!options_.hooks.write_places) return true;
    try {
      for (const auto* service : one.services) {
        options_.hooks.write_places(*service, service_conninfo_as(log_in, password, *service, access_));
      }
      return true;
    } catch (const error& failed) {
      fail(one, whole_text(failed), failed.code());
      return false;
    }
  }

  // Whoever could not be restarted shows by the sessions that it opens.
  rotation_event restart(rotation_candidate& one) {
    for (const auto* service : one.services) {
      for (const auto& workload : service->rotation.restart) {
        std::string trouble = "this version can't";
        try {
          if (options_.hooks.restart) {
            const auto began = one.result.now.began_at.value_or(server_time{}).time_since_epoch().count();
            options_.hooks.restart(*service, workload, std::to_string(began));
            continue;
          }
        } catch (const error& failed) {
          trouble = whole_text(failed);
        }
        tell_({.kind = event_kind::note,
               .server = server(),
               .service = service->name,
               .text = fmt::format("restart {} yourself: {}", to_string(workload), trouble)});
      }
    }
    book_.write(one.result.now, rotation_state::draining);
    return rotation_event::restarted;
  }

  // A log-in that the server let in just before its role was closed shows a moment later.
  rotation_event look_behind(rotation_candidate& one) {
    auto& pair = one.result.now;
    for (const auto deadline = clock::now() + look_behind_for; clock::now() < deadline;) {
      if (!book_.look(planned_.observed, pair).sessions.empty()) return rotation_event::slipped_in;
      std::this_thread::sleep_for(milliseconds{50});
    }
    return settle(one);
  }

  rotation_event end_sessions(rotation_candidate& one) {
    auto& pair = one.result.now;
    for (const auto deadline = clock::now() + end_sessions_within; book_.end_sessions(planned_.observed, pair) > 0;) {
      if (clock::now() > deadline) {
        throw error{exit_code::may_retry, fmt::format("sessions of \"{}\" did not end", pair.other()),
                    "it is closed, and nobody gets in with it any more"};
      }
      std::this_thread::sleep_for(milliseconds{50});
    }
    return settle(one);
  }

  rotation_event settle(rotation_candidate& one) {
    auto& pair = one.result.now;
    store_.forget(server(), pair.other());
    book_.write(pair, rotation_state::settled);
    one.result.outcome = rotation_outcome::changed;
    one.result.former.clear();
    has_closed_ = true;
    return rotation_event::all_gone;
  }

  rotation_event renew(rotation_candidate& one) {
    auto& pair = one.result.now;
    const secret password = generate_password();
    const stored_secret made{password, scram_verifier(password, random_salt())};
    store_.write(server(), pair.used(), made);
    tell_done(one, "kept");
    if (!write_other_places(one, pair.used(), password)) return rotation_event::places_failed;
    book_.renew(pair, made.verifier);
    tell_done(one, "set");
    reload_poolers();
    if (!gets_in(one, pair.used(), password)) return rotation_event::refused;
    book_.write(pair, rotation_state::settled);
    one.result.outcome = rotation_outcome::changed;
    if (one.result.text.empty()) {
      one.result.text = one.cost.empty()
                            ? "in place: whoever holds the former password fails to log in until it reads again"
                            : "in place: " + one.cost;
    }
    return rotation_event::renewed;
  }

  void reload_poolers() {
    if (options_.hooks.reload_poolers) options_.hooks.reload_poolers(*access_.server);
  }

  // ---- draining ----

  [[nodiscard]] std::vector<rotation_candidate*> draining() {
    std::vector<rotation_candidate*> all;
    for (auto* one : chosen_) {
      if (one->is_ready && one->result.now.state == rotation_state::draining) all.push_back(one);
    }
    return all;
  }

  void watch() {
    const auto deadline = clock::now() + options_.wait;
    for (;;) {
      auto open = draining();
      for (auto* one : open) guarded(*one, [&] { look_at_former(*one); });
      open = draining();
      if (open.empty() || clock::now() >= deadline) return;
      milliseconds pause{1000};
      for (const auto* one : open) pause = std::min(pause, one->result.now.rules.grace / 5);
      std::this_thread::sleep_for(std::max(pause, milliseconds{50}));
    }
  }

  [[nodiscard]] rotation_event judge(rotation_candidate& one) {
    auto& pair = one.result.now;
    auto seen = book_.look(planned_.observed, pair);
    const auto before = pair.quiet_since;
    const auto met = judge_drain(pair.rules, pair.flipped_at.value_or(server_time{}), pair.quiet_since, seen);
    if (pair.quiet_since != before) book_.note_quiet(pair, pair.quiet_since);
    one.result.former = std::move(seen.sessions);
    return met;
  }

  void look_at_former(rotation_candidate& one) {
    const auto action = advance(one.result.now.state, judge(one));
    if (action == rotation_action::watch) return;
    const server_lock lock{access_, all_.name, options_.lock_timeout, tell_};
    refresh(one);
    if (one.result.now.state != rotation_state::draining) {  // by another runner
      go_on(one);
      return;
    }
    auto& pair = one.result.now;
    auto next = advance(pair.state, judge(one));
    if (next == rotation_action::watch) return;
    tell_arrow(one, to_string(next));
    const bool is_forced = next == rotation_action::close_by_force;
    book_.close(pair, is_forced ? rotation_state::forced : rotation_state::closed);
    (void)advance(pair.state, is_forced ? rotation_event::closed_by_force : rotation_event::closed);
    tell_done(one, "closed");
    reload_poolers();
    go_on(one);
  }

  // A database may hold as many sessions as before.
  void lower_limits() {
    if (!has_closed_) return;
    try {
      const server_lock lock{access_, all_.name, options_.lock_timeout, tell_};
      audit_trail audit{access_, all_.name, tell_};
      run_steps_about_pairs(audit);
      audit.finish_leaving(!has_failed(), changed_);
    } catch (const std::runtime_error& failed) {
      tell_({.kind = event_kind::note,
             .server = server(),
             .text = fmt::format("the next apply lowers the databases' limits again: {}", failed.what())});
    }
  }

  // ---- bookkeeping ----

  [[nodiscard]] const std::string& server() const { return access_.server->name; }

  [[nodiscard]] const observed_role* role_of(const role_name& name) const {
    const auto found = std::ranges::find(planned_.observed.roles, name, &observed_role::name);
    return found == planned_.observed.roles.end() ? nullptr : &*found;
  }

  // The plan asks for nothing of a service that its database's mark calls retired.
  [[nodiscard]] bool is_retired(const rotation_candidate& one) const {
    return std::ranges::find(planned_.desired.roles, one.result.log_in, &desired_role::name) ==
           planned_.desired.roles.end();
  }

  void refresh(rotation_candidate& one) {
    for (const auto& row : book_.read()) {
      if (row.log_in != one.result.log_in) continue;
      auto twin = one.result.now.twin;
      const bool has_twin = one.result.now.has_twin;
      one.result.now = row;
      one.result.now.twin = std::move(twin);
      one.result.now.has_twin = has_twin || row.has_twin;
    }
  }

  template <class Work>
  void guarded(rotation_candidate& one, const Work& work) {
    try {
      work();
    } catch (const error& failed) {
      fail(one, whole_text(failed), failed.code());
    } catch (const pg::error& failed) {
      fail(one, fmt::format("{} [{}]", failed.facts().primary, failed.sqlstate()),
           failed.is_not_permitted() ? exit_code::not_permitted
           : failed.may_retry()      ? exit_code::may_retry
                                     : exit_code::failed);
    }
  }

  void refuse(rotation_candidate& one, std::string text, exit_code code = exit_code::failed,
              rotation_outcome outcome = rotation_outcome::refused) {
    one.is_ready = false;
    one.result.outcome = outcome;
    one.result.text = std::move(text);
    one.result.code = code;
  }

  void fail(rotation_candidate& one, std::string text, exit_code code = exit_code::failed) {
    refuse(one, std::move(text), code, rotation_outcome::failed);
    tell_({.kind = event_kind::step_failed,
           .server = server(),
           .service = one.result.services.front(),
           .subject = fmt::format("log-in {}", one.result.log_in),
           .text = one.result.text});
  }

  [[nodiscard]] bool has_failed() const {
    return std::ranges::any_of(
        chosen_, [](const rotation_candidate* one) { return one->result.outcome == rotation_outcome::failed; });
  }

  void conclude(rotation_candidate& one) {
    if (!one.is_ready || one.result.outcome != rotation_outcome::not_due) return;
    const bool is_draining = one.result.now.state == rotation_state::draining;
    one.result.outcome = is_draining ? rotation_outcome::draining : rotation_outcome::changed;  // by another runner
  }

  void tell_arrow(const rotation_candidate& one, std::string_view what) const {
    tell_event(event_kind::step_begun, one, what);
  }
  void tell_done(const rotation_candidate& one, std::string_view what) const {
    tell_event(event_kind::detail, one, what);
  }
  void tell_event(event_kind kind, const rotation_candidate& one, std::string_view what) const {
    std::string text{what};
    std::ranges::replace(text, '_', ' ');
    tell_({.kind = kind,
           .server = server(),
           .service = one.result.services.front(),
           .subject = fmt::format("log-in {}", one.result.log_in),
           .text = std::move(text)});
  }

  const estate& all_;
  const server_access& access_;
  const rotate_options& options_;
  const event_sink& tell_;
  secret_store store_;
  rotation_book book_;
  std::vector<rotation_candidate> candidates_;
  std::vector<rotation_candidate*> chosen_;
  server_plan planned_;
  std::string trouble_;
  int changed_ = 0;
  bool has_closed_ = false;
};

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
  return turner{all, access, options, tell}.run();
}

bool has_rotation_to_resume(const observed_server& observed, const log_in_pairs& pairs, server_time now) {
  return std::ranges::any_of(pairs, [&](const auto& entry) {
    const auto& pair = entry.second;
    if (!pair.is_known || !is_under_way(pair.state)) return false;
    if (pair.state != rotation_state::draining) return true;
    auto quiet_since = pair.quiet_since;
    drain_look seen{.now = now, .sessions = {}};
    for (const auto& one : observed.sessions) {
      if (one.role == pair.other() && one.count > 0) seen.sessions.push_back({});
    }
    const auto met = judge_drain(pair.rules, now, quiet_since, seen);
    return met == rotation_event::drained || met == rotation_event::overdue || quiet_since != pair.quiet_since;
  });
}

}  // namespace innkeeper::exec
