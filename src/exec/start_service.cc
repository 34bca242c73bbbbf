#include "exec/start_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "core/text.h"
#include "exec/error.h"
#include "exec/wait_for_broker.h"
#include "exec/wait_for_server.h"

namespace innkeeper::exec {
namespace {

using steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

milliseconds since(steady::time_point start) {
  return std::chrono::duration_cast<milliseconds>(steady::now() - start);
}

// Where a line shows it, it is indented anyway.
std::string without_indent(std::string text) {
  return replace_all(std::move(text), "\n  ", "\n");
}

std::string text_of_findings(const std::vector<migration::lint_finding>& findings) {
  std::string text = "refused by the linter; nothing was changed";
  for (const auto& one : findings) {
    if (one.level != migration::lint_level::error || !one.ignored.empty()) continue;
    text += fmt::format("\n{}: {} [{}]", to_string(one.where), one.message, one.rule);
    if (!one.hint.empty()) text += "\nhint: " + one.hint;
  }
  return text;
}

std::string text_of_conflicts(const diagnostics& problems) {
  std::string text;
  for (const auto& one : problems) {
    if (one.level == severity::error) text += to_string(one);
  }
  while (text.ends_with('\n')) text.pop_back();
  return without_indent(text);
}

// Turns the executor's events into lines: files as they are done, phases once the next one begins.
class teller {
 public:
  teller(const service_start& what, const start_log& log) : what_{what}, log_{log} {}

  void say(log_level level, std::string phase, std::string message, std::optional<milliseconds> duration = {},
           std::string detail = {}) {
    const std::lock_guard lock{guard_};
    put(level, std::move(phase), std::move(message), duration, std::move(detail));
  }

  // The first line of `text` is the message; what follows is its detail.
  void say_failure(log_level level, std::string phase, std::string_view before, const std::string& text,
                   std::string_view behind = {}) {
    const auto end = std::min(text.find('\n'), text.size());
    say(level, std::move(phase), fmt::format("{}{}{}", before, text.substr(0, end), behind), std::nullopt,
        end < text.size() ? text.substr(end + 1) : std::string{});
  }

  event_sink events() {
    return [this](const event& one) { tell(one); };
  }

  void end_phase() {
    const std::lock_guard lock{guard_};
    put_phase();
  }

  [[nodiscard]] int attempts() const { return attempts_; }
  void begin(const std::string& phase) { phase_ = phase; }

 private:
  void put(log_level level, std::string phase, std::string message, std::optional<milliseconds> duration = {},
           std::string detail = {}) {
    if (!log_) return;
    log_({.level = level,
          .service = what_.service,
          .phase = std::move(phase),
          .message = std::move(message),
          .detail = std::move(detail),
          .duration = duration});
  }

  void put_phase() {
    if (files_ > 0) put(log_level::debug, phase_, fmt::format("{}: {} done", phase_, counted_files()), in_phase_);
    files_ = 0;
    in_phase_ = milliseconds{0};
  }

  [[nodiscard]] std::string counted_files() const { return files_ == 1 ? "1 file" : fmt::format("{} files", files_); }

  void tell(const event& one) {
    const std::lock_guard lock{guard_};
    switch (one.kind) {
      case event_kind::attempt:
        if (one.done > 1 && what_.has_details) put(log_level::debug, phase_, fmt::format("attempt {}", one.done));
        ++attempts_;
        return;
      case event_kind::reached:
        put(log_level::debug, phase_, fmt::format("{} is ready", one.subject), one.duration);
        return;
      case event_kind::waiting:
        put(log_level::warning, phase_, one.text);
        return;
      case event_kind::detail:
        if (what_.has_details) put(log_level::debug, phase_, one.text);
        return;
      case event_kind::note:
        put(log_level::debug, phase_, one.text);
        return;
      case event_kind::step_begun:
        if (one.phase != phase_) put_phase();
        phase_ = one.phase;
        return;
      case event_kind::step_done:
        put(log_level::debug, one.phase, one.text, one.duration);
        ++files_;
        in_phase_ += one.duration;
        return;
      case event_kind::step_failed:  // the failure itself follows
      case event_kind::service_done:
      case event_kind::service_failed:
        return;
    }
  }

  const service_start& what_;
  const start_log& log_;
  std::mutex guard_;
  std::string phase_ = "wait";
  int files_ = 0;
  milliseconds in_phase_{0};
  int attempts_ = 0;
};

class starter {
 public:
  starter(const service_start& what, const start_log& log) : what_{what}, teller_{what, log} {}

  start_report run() {
    const auto start = steady::now();
    const auto title = service_title(what_.service);
    if (what_.announces_start) teller_.say(log_level::info, "start", fmt::format("🚀 Starting {} Service...", title));
    if (prepare_database() || what_.goes_on_degraded) wait_for_brokers();
    report_.duration = since(start);
    if (what_.announces_start && report_.code == exit_code::ok) {
      teller_.say(log_level::info, "start", fmt::format("🎉 {} Service startup completed successfully!", title),
                  report_.duration);
    }
    return std::move(report_);
  }

 private:
  bool prepare_database() {
    const auto start = steady::now();
    teller_.say(log_level::info, "database", "🔧 Initializing database...");
    try {
      bring_up_to_date(what_.find_target());
    } catch (const error& failed) {
      fail(failure_text(failed), failed.code());
    }
    report_.attempts = teller_.attempts();
    teller_.end_phase();
    if (report_.code == exit_code::ok) {
      teller_.say(log_level::info, "database", "✅ Database initialization completed", since(start));
      return true;
    }
    teller_.say_failure(level_of_failure(), "database",
                        fmt::format("{} Database initialization failed: ", mark_of_failure()), report_.error,
                        behind_failure());
    return false;
  }

  void bring_up_to_date(const migration_target& target) {
    if (target.directory.empty()) {
      report_.has_schema = false;
      wait_options wait{.name = target.service, .rules = {.limits = target.wait, .who = waiter::service}};
      wait.connection.kind = pg::session_kind::service;
      (void)wait_for_server(target.log_in, wait, teller_.events());
      return;
    }
    report_.schema = migrate_up(target, what_.how, teller_.events());
    tell_remarks();
    if (report_.schema.code != exit_code::ok) return fail(failure_text(report_.schema), report_.schema.code);
    teller_.end_phase();
    if (report_.schema.ran.empty()) {
      const auto& version = report_.schema.version;
      teller_.say(log_level::debug, "database",
                  fmt::format("nothing to do; the schema is {}{}", to_string(report_.schema.state),
                              version.empty() ? "" : ", version " + version));
    }
  }

  void tell_remarks() {
    for (const auto& one : report_.schema.problems) {
      if (one.level != severity::error)
        teller_.say_failure(log_level::warning, "database", "", without_indent(text_of(one)));
    }
    for (const auto& one : report_.schema.findings) {
      if (one.level == migration::lint_level::warning && one.ignored.empty()) {
        teller_.say(log_level::warning, "database",
                    fmt::format("{}: warning: {} [{}]", to_string(one.where), one.message, one.rule));
      }
    }
    for (const auto& one : report_.schema.broken) {
      teller_.say(
          log_level::warning, "database",
          fmt::format("index {} of {} is INVALID; \"innkeeper migrate repair\" rebuilds it", one.name, one.table));
    }
  }

  void wait_for_brokers() {
    for (const auto& one : what_.brokers) {
      const std::string phase = one.kind == broker_kind::redis ? "redis" : "rabbitmq";
      teller_.begin(phase);
      const auto start = steady::now();
      bool is_ready = false;
      try {
        wait_for_broker(one, {.limits = what_.wait, .sleep = what_.sleep}, teller_.events());
        is_ready = true;
      } catch (const error& failed) {
        teller_.say_failure(level_of_failure(), phase, fmt::format("{} ", mark_of_failure()), failure_text(failed),
                            behind_failure());
        fail(failure_text(failed), failed.code());
      }
      report_.brokers.push_back({phase, since(start), is_ready});
      if (report_.code != exit_code::ok && !what_.goes_on_degraded) return;
    }
  }

  static std::string text_of(const diagnostic& one) {
    std::string text = to_string(one);
    while (text.ends_with('\n')) text.pop_back();
    return text;
  }

  void fail(std::string text, exit_code code) {
    if (report_.error.empty()) report_.error = std::move(text);
    report_.code = worst_of(report_.code, code);
  }

  [[nodiscard]] log_level level_of_failure() const {
    return what_.goes_on_degraded ? log_level::warning : log_level::error;
  }
  [[nodiscard]] const char* mark_of_failure() const { return what_.goes_on_degraded ? "⚠️" : "❌"; }
  [[nodiscard]] const char* behind_failure() const { return what_.goes_on_degraded ? "; starting degraded" : ""; }

  const service_start& what_;
  teller teller_;
  start_report report_;
};

}  // namespace

start_report start_service(const service_start& what, const start_log& log) {
  return starter{what, log}.run();
}

std::string service_title(std::string_view name) {
  std::string title;
  bool begins_word = true;
  for (const char c : name) {
    if (c == '_' || c == '-' || c == ' ') {
      begins_word = true;
      continue;
    }
    if (begins_word && !title.empty()) title += ' ';
    title += begins_word && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    begins_word = false;
  }
  constexpr std::string_view own = " Service";
  if (title.ends_with(own)) title.resize(title.size() - own.size());
  return title;
}

std::string failure_text(const error& failed) {
  return without_indent(whole_text(failed));
}

std::string failure_text(const migrate_report& report) {
  if (!report.failures.empty()) return without_indent(report.failures.front().text);
  if (report.code == exit_code::ok) return {};
  if (report.code == exit_code::invalid) return text_of_findings(report.findings);
  return text_of_conflicts(report.problems);
}

}  // namespace innkeeper::exec
