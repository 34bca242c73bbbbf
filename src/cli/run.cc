#include "cli/run.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/help_view.h"
#include "cli/interruption.h"
#include "cli/log_options.h"
#include "exec/environment.h"

namespace innkeeper::cli {
namespace {

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool takes_colors(int descriptor) {
  const char* terminal = std::getenv("TERM");
  return isatty(descriptor) != 0 && !is_set("NO_COLOR") &&
         (terminal == nullptr || std::string_view{terminal} != "dumb");
}

// A file gets a width that any editor shows.
int width_of_results() {
  constexpr int usual = 120;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual;
  return size.ws_col;
}

// The variables are those of a service's start: other commands are for people, whatever the application is told.
exec::start_log_settings log_settings(const command_line& line) {
  const bool obeys = line.chosen != nullptr && obeys_log_variables(*line.chosen);
  auto settings = obeys ? exec::start_log_settings_of(exec::process_environment()) : exec::start_log_settings{};
  if (line.given.has("--verbose")) settings.least = exec::log_level::debug;
  if (line.given.has("--quiet")) settings.least = exec::log_level::warning;
  if (line.given.has("--json-log")) settings.is_json = true;
  return settings;
}

console_settings settings_for(const command_line& line) {
  const auto log = log_settings(line);
  return {.json = line.given.has("--json"),
          .verbose = log.least == exec::log_level::debug,
          .colored_results = takes_colors(STDOUT_FILENO),
          .colored_progress = takes_colors(STDERR_FILENO) && !log.is_json,
          .live_progress = isatty(STDERR_FILENO) != 0 && !log.is_json,
          .can_ask = isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0,
          .width = width_of_results(),
          .least = log.least,
          .shows_notices = log.has_details,
          .json_log = log.is_json};
}

json zero_counters(const command& of) {
  json counters = json::object();
  for (const auto name : of.counters) counters[std::string{name}] = 0;
  return counters;
}

exit_code run_command(const command_line& line, console& out) {
  try {
    return line.chosen->run(line.given, out);
  } catch (const std::exception& thrown) {
    const auto report = report_of(thrown);
    show(report, out);
    return report.code;
  }
}

exit_code fail_usage(const command_line& line, console& out) {
  const failure_report report{.code = exit_code::usage, .problems = {*line.problem}};
  show(report, out);
  return report.code;
}

exit_code answer(const command_line& line, console& out) {
  if (line.chosen != nullptr) out.set_counters(zero_counters(*line.chosen));
  if (line.wants_version) {
    out.print_raw("innkeeper " INNKEEPER_VERSION "\n");
    return exit_code::ok;
  }
  if (line.problem) return fail_usage(line, out);
  if (line.chosen == nullptr) {
    out.print_raw(overview(all_commands()));
    return line.wants_help ? exit_code::ok : exit_code::usage;
  }
  if (line.wants_help) {
    out.print_raw(manual_page(*line.chosen));
    return exit_code::ok;
  }
  return run_command(line, out);
}

}  // namespace

exit_code run(const std::vector<std::string>& words) {
  const command_line line = parse_command_line(all_commands(), words);
  // The thread that waits for signals borrows it until the process is gone.
  static console out{stdout, stderr, settings_for(line)};
  end_in_order_when_interrupted(out);
  const exit_code code = answer(line, out);
  if (out.flush() || code != exit_code::ok) return code;
  // A reader that has read enough, such as head, needs no word about it.
  if (errno != EPIPE) out.show({{.message = "could not write to standard output"}});
  return exit_code::failed;
}

}  // namespace innkeeper::cli
