#pragma once
// Where words go: results to standard output, progress and diagnostics to standard error; with --json exactly one
// document on standard output, whatever happens. Owns no stream.
#include <cstdio>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/diagnostic.h"
#include "core/exit_code.h"
#include "exec/start_log.h"

namespace innkeeper::cli {

using json = nlohmann::ordered_json;

inline constexpr int json_schema_version = 1;

struct console_settings {
  bool json = false;
  bool verbose = false;
  bool colored_results = false;
  bool colored_progress = false;
  bool live_progress = false;  // standard error is a terminal
  bool can_ask = false;        // standard input and standard error are one
  int width = 80;              // of the results' terminal, in characters

  // Of what goes to standard error.
  exec::log_level least = exec::log_level::info;
  bool shows_notices = false;  // what the server notices
  bool json_log = false;       // one object a line, as `init` writes it
};

class console {
 public:
  console(std::FILE* results, std::FILE* progress, const console_settings& settings)
      : results_{results}, progress_{progress}, settings_{settings} {}

  [[nodiscard]] const console_settings& settings() const { return settings_; }

  // A result, for people. Nothing where JSON is asked for.
  void print(std::string_view text);
  // A result that is the same for people and programs: a script, a secret, a help page.
  void print_raw(std::string_view text);
  // The command's one document; its members come behind schema_version. Only the first call counts.
  void print_json(const json& document);
  // What the document says should the command fail before it gets to print_json.
  void set_counters(json counters) { counters_ = std::move(counters); }
  [[nodiscard]] const json& counters() const { return counters_; }

  // Lines on standard error, each where its level is asked for: progress (info), details (debug), warnings.
  void tell(std::string_view line);
  void tell_detail(std::string_view line);
  void warn(std::string_view text);
  void show(const diagnostics& all);
  // "innkeeper: error: service cafe: …"; what stands in `text` on lines of its own is detail.
  void complain(exec::log_level level, std::string_view service, std::string_view text);
  // Where people read it in other words than programs.
  void log(const exec::start_line& line, std::string_view for_people);
  // One line that the next one replaces; does nothing where standard error is no terminal.
  void tell_live(std::string_view line);

  // Asks on the terminal; what was typed without its newline, "" at its end.
  [[nodiscard]] std::string ask(std::string_view question);

  // False where a result could not be written: a full disk, a closed pipe.
  [[nodiscard]] bool flush();

 private:
  void write_line(std::string_view text);
  [[nodiscard]] bool shows(exec::log_level level) const { return level >= settings_.least; }
  void clear_live();

  std::mutex mutex_;
  std::FILE* results_;
  std::FILE* progress_;
  console_settings settings_;
  json counters_ = json::object();
  bool has_printed_json_ = false;
  bool has_live_line_ = false;
};

}  // namespace innkeeper::cli
