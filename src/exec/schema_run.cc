#include "exec/schema_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>
#include <unordered_set>

#include "core/sql.h"
#include "exec/migrate_lint.h"
#include "pg/schema_history.h"
#include "pg/tool_tables.h"

namespace innkeeper::exec {
namespace {

using migration::history_row;
using migration::item_kind;
using migration::item_state;
using migration::pending_item;
using migration::pending_work;

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? std::string{name.data()} : std::string{};
}

exit_code code_of_session(const pg::error& failed) {
  if (failed.is_not_permitted()) return exit_code::not_permitted;
  return failed.may_retry() ? exit_code::may_retry : exit_code::failed;
}

// Adds to `sum` what passes until its end.
class stopwatch_over {
 public:
  explicit stopwatch_over(std::chrono::milliseconds& sum) : sum_{sum} {}
  stopwatch_over(const stopwatch_over&) = delete;
  stopwatch_over& operator=(const stopwatch_over&) = delete;
  ~stopwatch_over() {
    sum_ += std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start_);
  }

 private:
  std::chrono::milliseconds& sum_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

schema_item item_of(const pending_item& one) {
  return {.file = one.up->file,
          .kind = one.kind,
          .in = one.in,
          .version = one.version,
          .reason = std::string{to_string(one.reason)}};
}

std::string newest_version(const migration_target& target, const migration::stored_history& stored) {
  std::unordered_set<std::string_view> applied;
  for (const auto& row : stored.rows) {
    if (row.kind == item_kind::versioned && row.is_applied()) applied.insert(row.version);
  }
  const auto& all = target.files.migrations;
  const auto newest = std::find_if(all.rbegin(), all.rend(), [&](const migration::migration_file& one) {
    return !one.is_repeatable && applied.contains(one.number.text);
  });
  return newest == all.rend() ? std::string{} : newest->number.text;
}

schema_state state_of(const pending_work& work, const migration::stored_history& stored) {
  if (has_errors(work.problems)) return schema_state::conflict;
  const auto failed = [](const pending_item& one) {
    return one.reason == migration::pending_reason::has_failed ||
           one.reason == migration::pending_reason::was_interrupted;
  };
  if (std::ranges::any_of(work.items, failed)) return schema_state::failed;
  if (!work.items.empty()) return stored.format == 0 ? schema_state::unmanaged : schema_state::pending;
  return work.ahead.empty() ? schema_state::up_to_date : schema_state::ahead;
}

}  // namespace

std::string text_of(const pg::error& failed) {
  const auto& facts = failed.facts();
  std::string text = fmt::format("{} [{}]", facts.primary, facts.sqlstate);
  if (!facts.detail.empty()) text += "\n  detail: " + facts.detail;
  if (facts.sqlstate == "42501") {
    text +=
        "\n  hint: Run \"innkeeper apply\": it makes the schema that histories are kept in, and the service's rights.";
  } else if (!facts.hint.empty()) {
    text += "\n  hint: " + facts.hint;
  }
  return text;
}

std::string phase_of(const schema_item& one) {
  return std::string{one.kind == item_kind::phase ? migration::to_string(one.in) : "migrations"};
}

std::string_view to_string(schema_state one) {
  switch (one) {
    case schema_state::up_to_date:
      return "up to date";
    case schema_state::pending:
      return "pending";
    case schema_state::failed:
      return "failed";
    case schema_state::conflict:
      return "conflict";
    case schema_state::ahead:
      return "ahead";
    case schema_state::unmanaged:
      return "not initialised";
    case schema_state::unknown:
      return "unknown";
  }
  return {};
}

schema_run::schema_run(const migration_target& target, const migrate_options& options, const event_sink& tell)
    : target_{target}, options_{options}, whoever_{tell} {
  limits_.lock_timeout = options.lock_timeout.value_or(target.settings.lock_timeout);
  limits_.statement_timeout = options.statement_timeout.value_or(target.settings.statement_timeout);
  limits_.advisory_wait = options.advisory_wait;
  retries_.most_tries = options.retries.value_or(target.settings.retries);
  policy_ = {.allow_out_of_order = options.out_of_order.value_or(target.settings.out_of_order),
             .to = options.to,
             .app_version = options.app_version};
  report_.service = target.service;
  report_.server = target.server;
}

bool schema_run::try_in_a_session(const std::function<void()>& work) {
  constexpr int most_sessions = 5;
  ++sessions_;
  try {
    open_session();
    work();
  } catch (const script_failure& failed) {
    fail(failed.text(), failed.code());
  } catch (const error& failed) {
    fail(whole_text(failed), failed.code());
  } catch (const pg::error& failed) {
    if (failed.connection_is_lost() && sessions_ < most_sessions) {
      tell(event_kind::waiting,
           fmt::format("the session was lost ({}); looking at what was done", failed.facts().primary));
      std::this_thread::sleep_for(
          delay_after({std::chrono::milliseconds{200}, std::chrono::milliseconds{5000}, 0}, sessions_, 0));
      return false;
    }
    fail(text_of(failed), code_of_session(failed));
  }
  return true;
}

void schema_run::open_session() {
  const stopwatch_over watch{report_.server_wait};
  report_.is_reached = false;
  session_ = std::make_unique<migration_session>(target_, limits_, tell_);
  report_.is_reached = true;
}

void schema_run::count_and_tell(const event& one) {
  if (one.kind == event_kind::attempt) ++report_.connection_attempts;
  if (!one.service.empty()) return whoever_(one);
  auto named = one;  // of its server, which knows nothing of services
  named.service = target_.service;
  whoever_(named);
}

void schema_run::fail(std::string text, exit_code code) {
  report_.failures.push_back({target_.service, std::move(text), code});
  report_.code = worst_of(report_.code, code);
  if (code == exit_code::history_conflict) {
    report_.state = schema_state::conflict;
  } else if (report_.state != schema_state::unknown) {
    report_.state = schema_state::failed;
  }
}

void schema_run::tell(event_kind kind, std::string text) const {
  tell_({.kind = kind, .server = target_.server, .service = target_.service, .text = std::move(text)});
}

void schema_run::remark(std::string text) {
  report_.problems.push_back({.level = severity::warning, .where = {}, .message = std::move(text)});
}

void schema_run::read_history() {
  stored_ = session_->read_history();
  if (stored_.format > migration::history_format) {
    throw error{
        exit_code::history_conflict,
        fmt::format("the history in schema \"{}\" is of a newer Innkeeper (format {})", stored_.schema, stored_.format),
        fmt::format("this one knows formats up to {}", migration::history_format), "Use the newer one."};
  }
  note_what_was_in_doubt();
  report_.history = stored_;
  report_.broken = stored_.broken;
  report_.version = newest_version(target_, stored_);
}

// The session was lost while it ran, maybe behind its COMMIT.
void schema_run::note_what_was_in_doubt() {
  if (!in_doubt_) return;
  const auto* row = stored_.find(in_doubt_->item.kind, in_doubt_->item.version);
  const bool is_done = row != nullptr && row->state == in_doubt_->done_state &&
                       (row->id != in_doubt_->before.id || row->state != in_doubt_->before.state);
  if (is_done) report_.ran.push_back(std::move(in_doubt_->item));
  in_doubt_.reset();
}

schema_item schema_run::run_script(script_runner& scripts, const script_run& one, schema_item item, event news) {
  const auto* before = stored_.find(item.kind, item.version);
  in_doubt_ = {.item = item, .done_state = one.done_state, .before = before == nullptr ? history_row{} : *before};
  const auto note = [&](const script_outcome& took) {
    in_doubt_.reset();
    item.duration = news.duration = took.duration;
    item.attempts = took.attempts;
    item.lock_wait = took.lock_wait;
  };
  news.server = target_.server;
  news.service = target_.service;
  news.subject = item.file;
  tell_(news);
  try {
    note(scripts.run(one));
  } catch (const script_failure& failed) {
    note(failed.took());
    if (!report_.stopped_at) report_.stopped_at = item;
    news.kind = event_kind::step_failed;
    news.text = failed.text();
    tell_(news);
    throw;
  }
  news.kind = event_kind::step_done;
  ++news.done;
  tell_(news);
  return item;
}

pending_work schema_run::find_work() const {
  return find_pending(target_.files, stored_, policy_, target_.directory.string());
}

bool schema_run::show(const pending_work& work) {
  report_.problems = target_.files.problems;
  report_.problems.insert(report_.problems.end(), work.problems.begin(), work.problems.end());
  report_.pending.clear();
  for (const auto& one : work.items) report_.pending.push_back(item_of(one));
  for (const auto& one : work.cosmetic) {
    report_.problems.push_back({.level = severity::warning,
                                .where = {(target_.directory / one.up->file).string(), 0, 0},
                                .message = "only comments or white space changed since this file ran",
                                .hint = "\"innkeeper migrate repair\" notes the file as it is now."});
  }
  report_.state = state_of(work, stored_);
  if (has_errors(work.problems)) report_.code = worst_of(report_.code, exit_code::history_conflict);
  return !has_errors(work.problems) && !work.items.empty();
}

bool schema_run::show(const migration::reverting_work& work) {
  report_.problems = work.problems;
  if (has_errors(work.problems)) report_.code = worst_of(report_.code, exit_code::history_conflict);
  return !has_errors(work.problems) && !work.items.empty();
}

bool schema_run::lint(const pending_work& work) {
  if (is_linted_) return true;  // in an earlier session: what ran since is no reason to stop half-way
  std::vector<migration::lint_file> files;
  for (const auto& one : work.items) {
    const bool is_verify = one.kind == item_kind::phase && one.in == migration::phase::verify;
    if (!is_verify) files.push_back(lint_file_of(target_.directory, *one.up, one.kind != item_kind::versioned));
  }
  if (files.empty()) return true;
  report_.facts = pg::read_lint_facts(raw());
  report_.findings = migration::lint(files, report_.facts);
  const auto forbids = [&](const migration::lint_finding& one) {
    return one.level == migration::lint_level::error && one.ignored.empty() &&
           !options_.allowed_rules.contains("all") && !options_.allowed_rules.contains(one.rule);
  };
  const auto count = std::ranges::count_if(report_.findings, forbids);
  if (count > 0) report_.code = worst_of(report_.code, exit_code::invalid);
  is_linted_ = count == 0;
  return is_linted_;
}

schema_run::locked::locked(schema_run& run) : session_{run.session()} {
  run.wait_for_the_lock();
  try {
    session_.set_limits();
    run.read_history();
  } catch (...) {
    session_.unlock();
    throw;
  }
}

void schema_run::wait_for_the_lock() {
  const stopwatch_over watch{report_.runner_wait};
  session_->lock();
}

void schema_run::make_history() {
  if (stored_.format != 0) return;
  const auto create = migration::create_history_sql(stored_.schema, target_.service, target_.reader);
  try {
    raw().query("BEGIN;\n" + create + "COMMIT");
  } catch (const pg::error& failed) {
    if (failed.connection_is_lost()) throw;
    raw().query("ROLLBACK");
    if (failed.sqlstate() != "3F000") throw;
    // Where no admin has prepared the database: an application's own, say.
    raw().query(fmt::format("BEGIN;\nCREATE SCHEMA {};\n{}COMMIT", quoted(stored_.schema), create));
  }
  stored_.format = migration::history_format;
}

script_runner schema_run::runner() {
  return {*session_, target_, stored_.schema, retries_, tell_, options_.time};
}

history_row schema_run::row_for(const pending_item& one) const {
  history_row row{.kind = one.kind,
                  .version = one.version,
                  .name = one.migration == nullptr ? one.up->file : one.migration->name,
                  .file = one.up->file,
                  .sums = migration::checksums_of(one.up->text),
                  .state = item_state::applied};
  row.statements_total = static_cast<int>(one.up->statements.size());
  row.statements_done = one.statements_done;
  row.checksum_done = migration::checksum_of_first(one.up->statements, one.statements_done);
  row.minimum_app_version = one.up->says.minimum_app_version;
  row.app_version = options_.app_version;
  row.tool_version = INNKEEPER_VERSION;
  row.host = host_name();
  row.id = one.row_id;
  return row;
}

schema_item schema_run::run_one(script_runner& scripts, const pending_item& one, int done, int total) {
  const bool is_phase = one.kind == item_kind::phase;
  script_run run{.what = one.up, .row = row_for(one), .texts = {.up = one.up->text}};
  if (one.migration != nullptr && one.migration->down) run.texts.down = one.migration->down->text;
  run.is_verify = is_phase && one.in == migration::phase::verify;
  run.checks_declared = is_phase;
  auto item = item_of(one);
  return run_script(
      scripts, run, item,
      {.kind = event_kind::step_begun, .text = item.file, .phase = phase_of(item), .done = done, .total = total});
}

void schema_run::run_all(const pending_work& work) {
  constexpr int many = 4;
  auto scripts = runner();
  const int total = static_cast<int>(work.items.size());
  if (total >= many) scripts.expect_many();
  for (int i = 0; i < total; ++i) {
    report_.ran.push_back(run_one(scripts, work.items[static_cast<std::size_t>(i)], i, total));
    report_.pending.erase(report_.pending.begin());
    const auto& version = report_.ran.back();
    if (version.kind == item_kind::versioned) report_.version = version.version;
  }
  report_.state = work.ahead.empty() ? schema_state::up_to_date : schema_state::ahead;
}

void schema_run::refuse_without_history() const {
  if (stored_.format != 0) return;
  throw error{exit_code::failed, fmt::format("nothing has run for \"{}\" yet", target_.service),
              fmt::format("there is no history in schema \"{}\"", stored_.schema), "Run \"innkeeper migrate up\"."};
}

void schema_run::show(const diagnostics& problems) {
  report_.problems = problems;
  if (!has_errors(problems)) return;
  report_.state = schema_state::conflict;
  report_.code = worst_of(report_.code, exit_code::history_conflict);
}

std::optional<migration::tool_table> schema_run::find_other_history() {
  if (stored_.format != 0 || target_.files.format == migration::layout::innkeeper) return std::nullopt;
  for (const auto& one : pg::find_tool_tables(raw(), std::nullopt, std::nullopt)) {
    const bool is_near = one.is_on_path || one.tool == migration::layout::sqitch;  // which has a schema of its own
    if (one.tool != target_.files.format || !is_near || !one.is_readable) continue;
    const auto rows = pg::read_tool_rows(raw(), one);
    const auto is_applied = [&](const auto& row) {
      const bool is_ours = one.tool != migration::layout::sqitch || row.script == target_.files.project;
      return is_ours && row.state != migration::tool_row_state::undone;
    };
    if (std::ranges::any_of(rows, is_applied)) return one;
  }
  return std::nullopt;
}

void schema_run::refuse_what_a_tool_ran() {
  const auto found = find_other_history();
  if (!found) return;
  throw error{exit_code::history_conflict, fmt::format("{} has run files here already", to_string(found->tool)),
              fmt::format("its history is {}", to_string(*found)),
              "\"innkeeper migrate baseline --from-tool\" takes over what it says; where it is not about these files, "
              "\"innkeeper migrate baseline --version 0\" begins anew."};
}

void schema_run::remark_what_a_tool_ran() {
  const auto found = find_other_history();
  if (!found) return;
  remark(
      fmt::format("{} has run files here already ({}): \"innkeeper migrate baseline --from-tool\" takes over what it "
                  "says",
                  to_string(found->tool), to_string(*found)));
}

void schema_run::revert(const migration::reverting_item& one, int done, int total) {
  migration::script script;
  if (one.migration != nullptr && one.migration->down) {
    script = *one.migration->down;
  } else {
    const auto stored = raw().query(migration::read_scripts_sql(stored_.schema, one.row->kind, one.row->version));
    if (stored.empty() || stored.is_null(0, 1)) {
      throw error{exit_code::history_conflict, fmt::format("version {} has no way back", one.row->version)};
    }
    script = migration::stored_script(stored.text(0, 1), one.row->file);
  }
  history_row row = *one.row;
  if (row.way == migration::direction::up) {
    row.statements_done = 0;
    row.checksum_done.clear();
  }
  if (checksum_of_first(script.statements, row.statements_done) != row.checksum_done) {
    throw error{
        exit_code::history_conflict,
        fmt::format("a part of the down script of version {} that has run already was changed", row.version),
        fmt::format("{} of its {} statements had run when it stopped", row.statements_done, row.statements_total),
        "Put those statements back as they were; what comes behind them may change."};
  }
  // Of a down script that was cut off; another one has a row of its own.
  if (row.state != item_state::running) row.id = 0;
  row.way = migration::direction::down;
  row.state = item_state::reverted;
  row.attempts = 1;
  row.lock_wait_ms = 0;
  row.error_sqlstate.clear();
  row.error_text.clear();
  row.error_line = 0;
  row.host = host_name();
  row.tool_version = INNKEEPER_VERSION;
  script_run run{.what = &script, .row = std::move(row), .done_state = item_state::reverted};
  auto scripts = runner();
  const schema_item item{
      .file = script.file, .kind = one.row->kind, .version = one.row->version, .reason = "taken back", .is_up = false};
  report_.ran.push_back(run_script(scripts, run, item,
                                   {.kind = event_kind::step_begun,
                                    .text = "reverting " + one.row->version,
                                    .phase = phase_of(item),
                                    .done = done,
                                    .total = total}));
}

void schema_run::run_verify_files() {
  std::vector<pending_item> items;
  for (const auto& one : target_.files.phases) {
    if (one.in != migration::phase::verify) continue;
    items.push_back({.kind = item_kind::phase, .up = &one.content, .in = one.in, .version = one.content.file});
  }
  auto scripts = runner();
  const int total = static_cast<int>(items.size());
  for (int i = 0; i < total; ++i) {
    try {
      report_.ran.push_back(run_one(scripts, items[static_cast<std::size_t>(i)], i, total));
    } catch (const script_failure& failed) {  // the others have something to say too
      fail(failed.text(), failed.code());
    }
  }
}

}  // namespace innkeeper::exec
