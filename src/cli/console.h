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

namespace innkeeper::cli {

using json = nlohmann::ordered_json;

inline constexpr int json_schema_version = 1;

struct console_settings {
  bool json = false;
  bool verbose = false;
  bool quiet = false;
  bool colored_results = false;
  bool colored_progress = false;
  bool live_progress = false;  // standard error is a terminal
  bool can_ask = false;        // standard input and standard error are one
  int width = 80;              // of the results' terminal, in characters
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

  // Lines on standard error: progress, unless quiet; details, only if verbose; warnings and errors, always.
  void tell(std::string_view line);
  void tell_detail(std::string_view line);
  void warn(std::string_view text);
  void show(const diagnostics& all);
  // One line that the next one replaces; does nothing where standard error is no terminal.
  void tell_live(std::string_view line);

  // Asks on the terminal; what was typed without its newline, "" at its end.
  [[nodiscard]] std::string ask(std::string_view question);

  // False where a result could not be written: a full disk, a closed pipe.
  [[nodiscard]] bool flush();

 private:
  void write_line(std::string_view text);
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
