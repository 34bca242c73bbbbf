#pragma once
// The process's exit codes, documented in docs/exit-codes.md. Where several apply, worst_of() decides.
namespace innkeeper {

enum class exit_code {
  ok = 0,
  failed = 1,
  differences = 2,   // plan --check, verify: drift or a leak
  usage = 64,        // flags; or --yes is missing without a terminal
  invalid = 65,      // manifest, server version; a password source is missing
  unavailable = 69,  // server not reachable in time, or not running
  our_bug = 70,
  locked = 73,  // another runner holds the lock
  may_retry = 75,
  history_conflict = 76,
  not_permitted = 77,  // wrong password, or a right is missing
};

[[nodiscard]] exit_code worst_of(exit_code a, exit_code b);

}  // namespace innkeeper
