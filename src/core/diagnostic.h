#pragma once
// What is wrong with what was asked: values, collected and shown all at once, in file order. What fails in the world is
// an exception instead (pg/error.h, exec/error.h).
#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace innkeeper {

// A place in a manifest. Line and column count from 1, the column in characters; 0 means unknown.
struct location {
  std::string file;
  int line = 0;
  int column = 0;

  friend auto operator<=>(const location&, const location&) = default;
};

// "cafe.yaml:14:13", "cafe.yaml:14", "cafe.yaml", or "" where nothing is known.
[[nodiscard]] std::string to_string(const location& where);

enum class severity { error, warning };

struct diagnostic {
  severity level = severity::error;
  location where;
  std::string message;      // lower-case, no full stop
  std::string detail;       // facts
  std::string hint;         // whole sentences; empty where nothing helps
  std::string source_line;  // the manifest's line, for the caret; empty where there is none

  friend bool operator==(const diagnostic&, const diagnostic&) = default;
};

using diagnostics = std::vector<diagnostic>;

[[nodiscard]] bool has_errors(const diagnostics& all);
void sort_by_place(diagnostics& all);

// PostgreSQL's form: place, level, message, then the line with a caret, detail and hint, each on a line of its own.
[[nodiscard]] std::string to_string(const diagnostic& one);

// The candidate nearest in spelling, or "" where none is near enough to be meant.
[[nodiscard]] std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace innkeeper
