#pragma once
// What `secret rotate` did, for people and for programs.
#include <optional>
#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/failure.h"
#include "exec/rotate.h"

namespace innkeeper::cli {

struct rotation_view {
  std::vector<exec::rotate_report> reports;
  std::vector<failure_report> failures;  // of servers
  bool waited = false;                   // for former log-ins to be closed
};

[[nodiscard]] std::string rotation_to_text(const rotation_view& view, bool colored);
[[nodiscard]] json rotation_to_json(const rotation_view& view);
// 75 where it waited and a former log-in is still open; 0 where nobody asked to wait for that.
[[nodiscard]] exit_code code_of(const rotation_view& view);

// "2026-11-28 15:40 UTC"; "" for none.
[[nodiscard]] std::string minute_of(const std::optional<server_time>& at);
// "draining since 2026-11-28 15:40 UTC"; "" where nothing is under way.
[[nodiscard]] std::string rotation_words(const log_in_pair& pair);

}  // namespace innkeeper::cli
