#pragma once
// What a command is: a row of the table in commands.cc. Options are plain data, so that parsing, help pages, spelling
// hints, shell completion and the tests all read the same rows.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/exit_code.h"

namespace innkeeper::cli {

class console;

enum class option_kind {
  flag,
  value,   // exactly one
  values,  // one or more
  maybe    // none or more
};

struct option {
  std::string_view name;       // "--jobs"
  std::string_view shorthand;  // "-j", or empty
  option_kind kind = option_kind::flag;
  std::string_view placeholder;  // "N"; empty for a flag
  std::string_view summary;
};

struct positional {
  std::string_view placeholder;  // "ESTATE"; empty: the command takes none
  bool is_required = false;
  bool takes_several = false;  // words that belong together: "secret show"
};

// What a command line says, before anybody asked what it means.
class arguments {
 public:
  [[nodiscard]] bool has(std::string_view name) const { return options_.contains(std::string{name}); }
  // The last one given, or "".
  [[nodiscard]] std::string value(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> values(std::string_view name) const;
  [[nodiscard]] const std::string& positional() const { return positional_; }
  [[nodiscard]] const std::vector<std::string>& rest() const { return rest_; }  // after "--"

  void add(std::string_view name, const std::vector<std::string>& given);
  void set_positional(std::string word) { positional_ = std::move(word); }
  void set_rest(std::vector<std::string> words) { rest_ = std::move(words); }

  friend bool operator==(const arguments&, const arguments&) = default;

 private:
  std::map<std::string, std::vector<std::string>> options_;
  std::string positional_;
  std::vector<std::string> rest_;
};

struct command {
  std::string_view name;  // "plan", "secret show"
  std::string_view summary;
  std::string_view page;  // its .md: help and manual page
  positional word;
  std::vector<option> options;             // besides the global ones
  std::vector<std::string_view> counters;  // integers that its JSON has even when it failed before it counted
  bool takes_rest = false;                 // words after "--" are for another program
  bool has_json = true;
  exit_code (*run)(const arguments& given, console& out) = nullptr;

  [[nodiscard]] bool takes(const option& global) const { return has_json || global.name != "--json"; }
};

// The same flag means the same everywhere.
[[nodiscard]] const std::vector<option>& global_options();

}  // namespace innkeeper::cli
