#pragma once
// The linter over a directory, or over what is pending in a database.
#include <filesystem>
#include <string>
#include <vector>

#include "core/diagnostic.h"
#include "exec/event.h"
#include "exec/migration_target.h"
#include "migration/lint.h"

namespace innkeeper::exec {

struct lint_report {
  std::vector<migration::lint_finding> findings;
  diagnostics problems;  // of the files themselves
};

// All files, nothing known of a server. Throws exec::error where the directory can't be read.
[[nodiscard]] lint_report lint_directory(const std::filesystem::path& directory, const std::string& format);
// What is pending, with what the database says. Throws exec::error and pg::error.
[[nodiscard]] lint_report lint_connected(const migration_target& target, const event_sink& tell);

// As the linter takes a script.
[[nodiscard]] migration::lint_file lint_file_of(const std::filesystem::path& directory, const migration::script& one,
                                                bool is_phase, bool is_down = false);

}  // namespace innkeeper::exec
