#include "migration/pending.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/sql.h"

namespace innkeeper::migration {
namespace {

struct version_order {
  bool operator()(const version& left, const version& right) const { return compare(left, right) < 0; }
};

using row_of_version = std::map<version, const history_row*, version_order>;

row_of_version index_versions(const stored_history& stored) {
  row_of_version index;
  for (const auto& row : stored.rows) {
    // Nearly always behind all that came before.
    if (row.kind == item_kind::versioned) index.insert_or_assign(index.end(), version{row.version}, &row);
  }
  return index;
}

diagnostic conflict(location where, std::string message, std::string detail, std::string hint) {
  return {.level = severity::error,
          .where = std::move(where),
          .message = std::move(message),
          .detail = std::move(detail),
          .hint = std::move(hint)};
}

std::string title(const migration_file& one) {
  return fmt::format("{} ({})", one.number.text, one.name);
}

// By a down script outside a transaction; one that was cut off may have done more than it could note.
bool is_half_reverted(const history_row& row) {
  return row.way == direction::down &&
         (row.state == item_state::running || (row.state == item_state::failed && row.statements_done > 0));
}

bool needs_newer_app(const std::string& needed, const std::string& app_version) {
  return !needed.empty() && !app_version.empty() && compare({needed}, {app_version}) > 0;
}

class finder {
 public:
  finder(const schema_directory& files, const stored_history& stored, const pending_policy& policy,
         const std::string& root)
      : files_{files}, stored_{stored}, policy_{policy}, root_{root}, rows_{index_versions(stored)} {}

  pending_work find() {
    work_.needs_history = stored_.format == 0 && !files_.is_empty();
    add_phases([](phase one) { return one < phase::seed; });
    add_versions();
    if (!policy_.to) {
      add_repeatables();
      add_phases([](phase one) { return one == phase::seed; });
      add_verify_files();
    }
    find_rows_without_file();
    return std::move(work_);
  }

 private:
  [[nodiscard]] location place(const script& one) const { return {root_ + "/" + one.file, one.first_line, 0}; }

  template <class Chosen>
  void add_phases(Chosen is_chosen) {
    for (const auto& one : files_.phases) {
      if (is_chosen(one.in)) add_if_changed(phase_item(one));
    }
  }

  [[nodiscard]] static pending_item phase_item(const phase_file& one) {
    return {.kind = item_kind::phase, .up = &one.content, .in = one.in, .version = one.content.file};
  }

  // Verify files ask about all that is there, so they run whenever anything else did.
  void add_verify_files() {
    const bool others_run = !work_.items.empty();
    for (const auto& one : files_.phases) {
      if (one.in != phase::verify) continue;
      auto item = phase_item(one);
      if (add_if_changed(item) || !(others_run || others_ran_since(item))) continue;
      item.reason = pending_reason::follows_others;
      work_.items.push_back(std::move(item));
    }
  }

  // A run that was cut off before it came to the verify files.
  [[nodiscard]] bool others_ran_since(const pending_item& verify) const {
    const auto* checked = stored_.find(verify.kind, verify.version);
    const auto is_verify = [&](const history_row& row) {
      return row.kind == item_kind::phase && std::ranges::any_of(files_.phases, [&](const phase_file& one) {
               return one.in == phase::verify && one.content.file == row.version;
             });
    };
    return std::ranges::any_of(stored_.rows, [&](const history_row& row) {
      return row.state == item_state::applied && row.id > checked->id && !is_verify(row);
    });
  }

  void add_repeatables() {
    for (const auto& one : files_.migrations) {
      if (!one.is_repeatable) continue;
      pending_item item{.kind = item_kind::repeatable, .up = &one.up, .migration = &one, .version = one.up.file};
      if (add_if_changed(item) || !versions_went_back_since(item)) continue;
      item.reason = pending_reason::was_reverted;
      work_.items.push_back(std::move(item));
    }
  }

  // What it made may have gone with what they made: nobody can drop a table under its view.
  [[nodiscard]] bool versions_went_back_since(const pending_item& repeatable) const {
    const auto* ran = stored_.find(repeatable.kind, repeatable.version);
    return std::ranges::any_of(stored_.rows, [&](const history_row& row) {
      return row.kind == item_kind::versioned && row.state == item_state::reverted && row.id > ran->id;
    });
  }

  // What may run any number of times.
  bool add_if_changed(pending_item item) {
    const auto* row = stored_.find(item.kind, item.version);
    if (row == nullptr || row->state == item_state::forgotten) {
      work_.items.push_back(std::move(item));
      return true;
    }
    if (row->is_applied()) {
      switch (change_since(row->sums, item.up->text)) {
        case text_change::none:
          return false;
        case text_change::cosmetic:
          work_.cosmetic.push_back(std::move(item));
          return false;
        case text_change::real:
          item.reason = pending_reason::has_changed;
          work_.items.push_back(std::move(item));
          return true;
      }
    }
    return add_unfinished(std::move(item), *row);
  }

  // Failed, cut off or reverted; a file outside a transaction goes on where it stopped.
  bool add_unfinished(pending_item item, const history_row& row) {
    item.reason = row.state == item_state::reverted  ? pending_reason::was_reverted
                  : row.state == item_state::running ? pending_reason::was_interrupted
                                                     : pending_reason::has_failed;
    if (row.way == direction::up && row.state != item_state::reverted && row.statements_done > 0) {
      if (!item.up->says.no_transaction) {
        work_.problems.push_back(conflict(
            place(*item.up), "a part of this file has run already, outside a transaction",
            fmt::format("{} of its {} statements had run when it stopped", row.statements_done, row.statements_total),
            "Say \"-- innkeeper: no-transaction\" at its top again. Or undo that part by hand and say \"innkeeper "
            "migrate repair\"."));
        return false;
      }
      if (checksum_of_first(item.up->statements, row.statements_done) != row.checksum_done) {
        work_.problems.push_back(conflict(
            place(*item.up), "a part of this file that has run already was changed",
            fmt::format("{} of its {} statements had run when it stopped", row.statements_done, row.statements_total),
            "Put those statements back as they were; what comes behind them may change. Or undo them by hand and say "
            "\"innkeeper migrate repair\"."));
        return false;
      }
      item.statements_done = row.statements_done;
    }
    if (row.state == item_state::running) item.row_id = row.id;
    work_.items.push_back(std::move(item));
    return true;
  }

  void add_versions() {
    refuse_unknown_target();
    const auto last_applied = position_of_last_applied();
    std::size_t position = 0;
    for (const auto& one : files_.migrations) {
      if (one.is_repeatable) continue;
      ++position;
      if (policy_.to && is_behind_target(one)) break;
      const auto row = rows_.find(one.number);
      if (row == rows_.end() || row->second->state == item_state::forgotten) {
        add_new(one, position < last_applied);
      } else if (row->second->is_applied()) {
        compare_applied(one, *row->second);
      } else {
        add_unfinished(version_item(one), *row->second);
      }
    }
  }

  [[nodiscard]] static pending_item version_item(const migration_file& one) {
    return {.kind = item_kind::versioned, .up = &one.up, .migration = &one, .version = one.number.text};
  }

  void add_new(const migration_file& one, bool is_out_of_order) {
    if (is_out_of_order && !policy_.allow_out_of_order) {
      work_.problems.push_back(
          conflict(place(one.up), fmt::format("version {} is older than what ran already", title(one)),
                   fmt::format("the newest that ran is {}", newest_applied_),
                   "Give it a newer version. Where the order doesn't matter, allow it: --out-of-order."));
      return;
    }
    if (needs_newer_app(one.up.says.minimum_app_version, policy_.app_version)) {
      work_.problems.push_back(conflict(place(one.up),
                                        fmt::format("version {} needs the application in version {} or newer",
                                                    title(one), one.up.says.minimum_app_version),
                                        fmt::format("this one is {}", policy_.app_version),
                                        "Roll out the application first."));
      return;
    }
    work_.items.push_back(version_item(one));
  }

  void compare_applied(const migration_file& one, const history_row& row) {
    if (needs_newer_app(row.minimum_app_version, policy_.app_version)) refuse_old_app(row);
    if (is_half_reverted(row)) {
      work_.problems.push_back(
          conflict(place(one.up), fmt::format("version {} was taken back in part", title(one)),
                   fmt::format("{} of the {} statements of its down script had run when it stopped",
                               row.statements_done, row.statements_total),
                   "Run \"innkeeper migrate down\" again: it goes on there."));
    }
    const auto change = change_since(row.sums, one.up.text);
    if (change == text_change::cosmetic) work_.cosmetic.push_back(version_item(one));
    if (change != text_change::real) return;
    work_.problems.push_back(conflict(
        place(one.up), fmt::format("version {} was changed after it had run", title(one)),
        fmt::format("it ran at {} as {}", row.started_at, row.applied_by),
        "Put it back as it was, and write the change as a new version. \"innkeeper migrate validate\" shows the "
        "difference; \"innkeeper migrate repair\" takes the file as it is for what ran."));
  }

  void refuse_old_app(const history_row& row) {
    work_.problems.push_back(
        conflict({root_, 0, 0},
                 fmt::format("the database is at version {}, which needs the application in version {} or newer",
                             row.version, row.minimum_app_version),
                 fmt::format("this one is {}", policy_.app_version), "Run the newer application."));
  }

  // 1 for the first; 0: none ran.
  std::size_t position_of_last_applied() {
    std::size_t last = 0;
    std::size_t position = 0;
    for (const auto& one : files_.migrations) {
      if (one.is_repeatable) continue;
      ++position;
      const auto row = rows_.find(one.number);
      if (row == rows_.end() || !row->second->is_applied()) continue;
      last = position;
      newest_applied_ = title(one);
    }
    return last;
  }

  [[nodiscard]] bool is_behind_target(const migration_file& one) {
    if (policy_.to->text == "0") return true;
    if (files_.format != layout::sqitch) return compare(one.number, *policy_.to) > 0;
    const bool is_behind = target_passed_;
    if (one.number == *policy_.to) target_passed_ = true;
    return is_behind;
  }

  void refuse_unknown_target() {
    if (!policy_.to || policy_.to->text == "0") return;
    const bool is_known = std::ranges::any_of(files_.migrations, [&](const migration_file& one) {
      return !one.is_repeatable && compare(one.number, *policy_.to) == 0;
    });
    if (is_known) return;
    work_.problems.push_back(conflict({root_, 0, 0}, fmt::format("there is no version {}", policy_.to->text), {},
                                      "\"innkeeper migrate status\" lists them."));
  }

  void find_rows_without_file() {
    std::set<version, version_order> known;
    for (const auto& one : files_.migrations) {
      if (!one.is_repeatable) known.insert(known.end(), one.number);  // nearly always the last one
    }
    for (const auto& [number, row] : rows_) {
      if (!row->is_applied() || known.contains(number)) continue;
      const bool is_newer = files_.format != layout::sqitch && (known.empty() || compare(number, *known.rbegin()) > 0);
      if (is_newer) {
        work_.ahead.push_back(row);
        if (needs_newer_app(row->minimum_app_version, policy_.app_version)) refuse_old_app(*row);
      } else {
        work_.problems.push_back(conflict(
            {root_, 0, 0}, fmt::format("version {} ({}) ran here and its file is gone", row->version, row->name), {},
            fmt::format(
                "Bring the file back: {}.current has its text in up_sql. Or say \"innkeeper migrate repair\" to "
                "forget it.",
                quoted(stored_.schema))));
      }
    }
  }

  const schema_directory& files_;
  const stored_history& stored_;
  const pending_policy& policy_;
  const std::string& root_;
  row_of_version rows_;
  std::string newest_applied_;
  bool target_passed_ = false;
  pending_work work_;
};

// Newest first: the reverse of the order in which they ran.
std::vector<const history_row*> applied_versions(const stored_history& stored) {
  std::vector<const history_row*> rows;
  for (const auto& row : stored.rows) {
    if (row.kind == item_kind::versioned && row.is_applied()) rows.push_back(&row);
  }
  std::ranges::sort(rows, std::ranges::greater{}, &history_row::id);
  return rows;
}

// The versions of the plan up to the target, where versions have no order of their own.
std::set<std::string> kept_by_plan(const schema_directory& files, const version& target) {
  std::set<std::string> kept;
  for (const auto& one : files.migrations) {
    kept.insert(one.number.text);
    if (one.number == target) break;
  }
  return kept;
}

}  // namespace

std::string_view to_string(pending_reason one) {
  switch (one) {
    case pending_reason::is_new:
      return "new";
    case pending_reason::has_changed:
      return "changed";
    case pending_reason::was_reverted:
      return "reverted";
    case pending_reason::has_failed:
      return "failed";
    case pending_reason::was_interrupted:
      return "interrupted";
    case pending_reason::follows_others:
      return "checked after changes";
  }
  return {};
}

const migration_file* file_of(const schema_directory& files, const history_row& row) {
  const auto found = std::ranges::find_if(files.migrations, [&](const migration_file& one) {
    return !one.is_repeatable && compare(one.number, {row.version}) == 0;
  });
  return found == files.migrations.end() ? nullptr : &*found;
}

pending_work find_pending(const schema_directory& files, const stored_history& stored, const pending_policy& policy,
                          const std::string& root) {
  return finder{files, stored, policy, root}.find();
}

reverting_work find_reverting(const schema_directory& files, const stored_history& stored, const down_target& target) {
  reverting_work work;
  const bool by_plan = files.format == layout::sqitch;
  const auto kept = by_plan && target.to ? kept_by_plan(files, *target.to) : std::set<std::string>{};
  const auto stays = [&](const history_row& row) {
    if (target.to->text == "0") return false;
    return by_plan ? kept.contains(row.version) : compare({row.version}, *target.to) <= 0;
  };
  const auto rows = applied_versions(stored);
  if (target.to && target.to->text != "0" &&
      std::ranges::none_of(rows, [&](const history_row* row) { return compare({row->version}, *target.to) == 0; })) {
    work.problems.push_back(conflict({}, fmt::format("version {} is not applied here", target.to->text), {},
                                     "\"innkeeper migrate status\" lists what is; 0 means before the first."));
    return work;
  }
  for (const auto* row : rows) {
    if (target.to ? stays(*row) : std::ssize(work.items) == target.steps) continue;
    const auto* file = file_of(files, *row);
    if (!row->has_down && (file == nullptr || !file->down)) {
      work.problems.push_back(conflict({file == nullptr ? std::string{} : file->up.file, 0, 0},
                                       fmt::format("version {} ({}) has no way back", row->version, row->name), {},
                                       "Write its down script, or a new version that undoes it."));
    }
    work.items.push_back({.row = row, .migration = file});
  }
  return work;
}

}  // namespace innkeeper::migration
