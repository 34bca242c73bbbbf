#pragma once
// What a run has to do: a directory compared with what its database remembers. A pure function, like the plan of roles
// and databases: `migrate status` shows it, `migrate up` does it.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.h"
#include "migration/directory.h"
#include "migration/history.h"

namespace innkeeper::migration {

struct pending_policy {
  bool allow_out_of_order = false;  // a new version below one that ran already
  std::optional<version> to;        // versions up to this one only; phases and repeatables not then
  std::string app_version;          // of the application that asks; "" where nobody said
};

enum class pending_reason {
  is_new,
  has_changed,  // a phase's or a repeatable's statements
  was_reverted,
  has_failed,
  was_interrupted,  // `running`, and nobody holds the lock: goes on behind statements_done
  follows_others    // a verify file, after anything else ran
};
[[nodiscard]] std::string_view to_string(pending_reason one);

// Something to run. Borrowed from the directory.
struct pending_item {
  item_kind kind = item_kind::versioned;
  const script* up = nullptr;
  const migration_file* migration = nullptr;  // of versioned and repeatable ones
  phase in = phase::tables;                   // of phases
  std::string version;                        // as the history names it
  pending_reason reason = pending_reason::is_new;
  int statements_done = 0;  // behind which it goes on
  std::int64_t row_id = 0;  // of the row that is gone on with; 0: a new one
};

struct pending_work {
  std::vector<pending_item> items;  // in the order in which they run
  // Comments or white space of these changed: only their checksums are to be brought up to date.
  std::vector<pending_item> cosmetic;
  // Applied here and in no file: versions above every file's (an older program looks at a newer database) …
  std::vector<const history_row*> ahead;
  // Errors conflict with the history (exit code 76); warnings go on.
  diagnostics problems;
  bool needs_history = false;  // nothing is stored yet
};

// `root` is the directory, for places.
[[nodiscard]] pending_work find_pending(const schema_directory& files, const stored_history& stored,
                                        const pending_policy& policy, const std::string& root);

// The file of a row's version; null where it is gone. Borrowed from the directory.
[[nodiscard]] const migration_file* file_of(const schema_directory& files, const history_row& row);

// The applied migrations that `down` reverts, the last first. Throws nothing: what can't be is in `problems`.
struct reverting_item {
  const history_row* row = nullptr;           // borrowed from the history
  const migration_file* migration = nullptr;  // absent where no file is there any more: the history has its text
};
struct reverting_work {
  std::vector<reverting_item> items;
  diagnostics problems;
};
// To a version, which stays ("0": all go), or a number of steps.
struct down_target {
  std::optional<version> to;
  int steps = 1;
};
[[nodiscard]] reverting_work find_reverting(const schema_directory& files, const stored_history& stored,
                                            const down_target& target);

}  // namespace innkeeper::migration
