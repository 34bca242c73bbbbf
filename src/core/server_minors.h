#pragma once
// Which minor releases the proof knows of: a server that lacks a fix of the kind "any log-in runs code as the server"
// isolates nobody. Pure data, as old as this program.
#include <string_view>

namespace innkeeper {

struct known_minors {
  int major = 0;
  int safe = 0;                  // the first one with the fixes that are named
  std::string_view fixes;        // of what any log-in could do before
  int newest = 0;                // that was known
  std::string_view known_on;     // day of its release
  std::string_view end_of_life;  // day of the last release; empty: later than this program
};

// nullptr: a major that this program does not know.
[[nodiscard]] const known_minors* minors_of(int major);

}  // namespace innkeeper
