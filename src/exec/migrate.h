#pragma once
// A service's schema files, brought to its database and taken back: what is pending is looked up without a lock, in one
// round trip, and done under the service's own lock by one runner while the others wait and then see that it is done.
// Safe to cut off anywhere: the next run completes it.
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/backoff.h"
#include "core/exit_code.h"
#include "exec/apply.h"
#include "exec/event.h"
#include "exec/migration_target.h"
#include "exec/script_runner.h"
#include "migration/lint.h"
#include "migration/pending.h"

namespace innkeeper::exec {

struct migrate_options {
  std::string app_version;                                     // of the application that asks; "" where nobody said
  std::optional<migration::version> to;                        // up: to this version only
  std::optional<bool> out_of_order;                            // absent: as the service's migrations: say
  std::optional<std::chrono::milliseconds> lock_timeout;       // likewise
  std::optional<std::chrono::milliseconds> statement_timeout;  // likewise
  std::optional<int> retries;                                  // likewise
  std::chrono::milliseconds advisory_wait{300000};
  std::set<std::string> allowed_rules;  // of the linter, in whose spite it runs; "all"
  script_runner::clockwork time;
};

enum class schema_state {
  up_to_date,
  pending,    // files are to run
  failed,     // the last run of one of them failed, or was cut off
  conflict,   // the history and the files contradict each other
  ahead,      // a newer program was here
  unmanaged,  // no history, nothing has run
  unknown     // it could not be looked at
};
[[nodiscard]] std::string_view to_string(schema_state one);

// What ran, or would run.
struct schema_item {
  std::string file;
  migration::item_kind kind = migration::item_kind::versioned;
  migration::phase in = migration::phase::tables;  // of phases
  std::string version;
  std::string reason;  // "new", "changed", "reverted"
  bool is_up = true;   // false: its down script
  std::chrono::milliseconds duration{0};
  int attempts = 1;
  std::chrono::milliseconds lock_wait{0};

  friend bool operator==(const schema_item&, const schema_item&) = default;
};

// "tables", "migrations": whose directory it stands in.
[[nodiscard]] std::string phase_of(const schema_item& one);

struct migrate_report {
  std::string service;
  std::string server;
  schema_state state = schema_state::unknown;
  std::vector<schema_item> ran;
  std::optional<schema_item> stopped_at;  // the first file that failed
  std::vector<schema_item> pending;       // that have not run
  std::vector<migration::lint_finding> findings;
  migration::lint_facts facts;    // what the linter knew of the database
  diagnostics problems;           // of the history, and cosmetic changes
  std::vector<failure> failures;  // at most one
  std::vector<migration::invalid_index> broken;
  migration::stored_history history;  // as it was read last
  std::string taken_from;             // of migrate_take_over: "public.flyway_schema_history"
  std::string version;                // the newest that is applied
  std::chrono::milliseconds duration{0};
  int connection_attempts = 0;               // at the server: 1 where it answered at once
  bool is_reached = false;                   // it took the log-in
  std::chrono::milliseconds server_wait{0};  // until it did, or was given up
  std::chrono::milliseconds runner_wait{0};  // for another runner's end
  exit_code code = exit_code::ok;
};

// Without a lock, nothing changed: one connection, one round trip (one more with something pending, for the linter).
[[nodiscard]] migrate_report migration_status(const migration_target& target, const migrate_options& options,
                                              const event_sink& tell);

[[nodiscard]] migrate_report migrate_up(const migration_target& target, const migrate_options& options,
                                        const event_sink& tell);

// The last one first, each with its down script in a transaction of its own.
[[nodiscard]] migrate_report migrate_down(const migration_target& target, const migration::down_target& to,
                                          const migrate_options& options, const event_sink& tell);

// Takes the versions up to `to` for applied without running them, and every phase file with them where `with_phases`:
// for a database that was there before. Refused (76) where anything ran already.
[[nodiscard]] migrate_report migrate_baseline(const migration_target& target, const migration::version& to,
                                              bool with_phases, const migrate_options& options, const event_sink& tell);

// Whose history to take over: of the files' own tool unless said; of whatever tool is found where they have our layout.
struct tool_choice {
  std::optional<migration::layout> tool;
  std::string schema;  // "" any, those on the search_path first
  std::string table;   // "" as the tool calls it
};
// Takes for applied exactly what another tool's history says that it ran, without running it. Refused (76) where
// anything ran already, where the tool calls its own state failed, and where its files are not there or not what ran.
[[nodiscard]] migrate_report migrate_take_over(const migration_target& target, const tool_choice& from,
                                               bool with_phases, const migrate_options& options,
                                               const event_sink& tell);

// Takes the files for what ran where their text was changed since, forgets rows whose files are gone and rows of
// failures, and rebuilds INVALID indexes. What it did is in `problems`, as warnings.
[[nodiscard]] migrate_report migrate_repair(const migration_target& target, const migrate_options& options,
                                            const event_sink& tell);

// Runs every verify file. Findings are in `failures`.
[[nodiscard]] migrate_report migrate_verify(const migration_target& target, const migrate_options& options,
                                            const event_sink& tell);

}  // namespace innkeeper::exec
