#include "exec/migrate.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/sql.h"
#include "exec/index_mender.h"
#include "exec/schema_run.h"
#include "pg/schema_history.h"
#include "pg/tool_tables.h"

namespace innkeeper::exec {
namespace {

using migration::history_row;
using migration::item_kind;
using migration::item_state;
using migration::pending_item;

void look(schema_run& run) {
  run.read_history();
  const auto work = run.find_work();
  if (run.show(work)) (void)run.lint(work);
  run.remark_what_a_tool_ran();
}

std::int64_t newest_row(const schema_run& run) {
  std::int64_t newest = 0;
  for (const auto& row : run.stored().rows) newest = std::max(newest, row.id);
  return newest;
}

// Who waited for a runner that failed reports its failure: sixteen replicas that start at once don't try sixteen times
// what cannot succeed. The next start tries again.
void refuse_what_just_failed(schema_run& run, const migration::pending_work& work, std::int64_t seen) {
  const auto& first = work.items.front();
  const auto* row = run.stored().find(first.kind, first.version);
  if (row == nullptr || row->state != item_state::failed || row->id <= seen) return;
  throw error{row->error_sqlstate == "55P03" ? exit_code::may_retry : exit_code::failed, row->error_text,
              fmt::format("another runner, which this one waited for, failed there at {}", row->finished_at)};
}

void go_up(schema_run& run) {
  run.read_history();
  run.refuse_what_a_tool_ran();
  {
    const auto work = run.find_work();
    if (!run.show(work) || !run.lint(work)) return;
  }
  const auto seen = newest_row(run);
  const schema_run::locked now{run};
  const auto work = run.find_work();
  if (!run.show(work)) return;
  refuse_what_just_failed(run, work, seen);
  run.make_history();
  run.run_all(work);
}

// The versions that the first look chose. A run that has lost its session, or waited for another one, goes on with
// those and takes nothing further back.
using chosen_versions = std::optional<std::set<std::string>>;

migration::reverting_work find_chosen(const schema_run& run, const migration::stored_history& stored,
                                      migration::down_target to, chosen_versions& chosen) {
  const auto is_left = [&](const history_row& row) {
    return row.kind == item_kind::versioned && row.is_applied() && chosen->contains(row.version);
  };
  if (chosen) to.steps = static_cast<int>(std::ranges::count_if(stored.rows, is_left));
  auto work = find_reverting(run.target().files, stored, to);
  if (!chosen) {
    chosen.emplace();
    for (const auto& one : work.items) chosen->insert(one.row->version);
  }
  std::erase_if(work.items, [&](const migration::reverting_item& one) { return !is_left(*one.row); });
  return work;
}

void go_down(schema_run& run, const migration::down_target& to, chosen_versions& chosen) {
  run.read_history();
  run.refuse_without_history();
  if (const auto work = find_chosen(run, run.stored(), to, chosen); run.show(work)) {
    const schema_run::locked now{run};
    const auto stored = run.stored();
    const auto rest = find_chosen(run, stored, to, chosen);
    (void)run.show(rest);
    if (has_errors(rest.problems)) return;
    const int total = static_cast<int>(rest.items.size());
    for (int i = 0; i < total; ++i) run.revert(rest.items[static_cast<std::size_t>(i)], i, total);
    run.read_history();
  } else if (has_errors(work.problems)) {
    return;
  }
  (void)run.show(run.find_work());
}

void insert(schema_run& run, history_row row, item_state state, std::string_view text,
            std::optional<std::string_view> down = {}) {
  row.state = state;
  row.id = 0;
  run.raw().query(migration::insert_row_sql(run.stored().schema, row, {.up = text, .down = down}));
}

bool is_below(const migration::schema_directory& files, const migration::migration_file& one,
              const migration::version& to) {
  if (files.format != migration::layout::sqitch) return compare(one.number, to) <= 0;
  const auto position = [&](const migration::version& wanted) {
    return std::ranges::find(files.migrations, wanted, &migration::migration_file::number);
  };
  return position(one.number) <= position(to);
}

void refuse_after_the_first(const schema_run& run) {
  const auto ran = [](const history_row& row) { return row.is_applied() && row.state != item_state::baselined; };
  if (std::ranges::any_of(run.stored().rows, ran)) {
    throw error{exit_code::history_conflict, "files have run here already: a baseline comes before the first",
                fmt::format("the history is in schema \"{}\"", run.stored().schema),
                "\"innkeeper migrate status\" shows what ran."};
  }
}

// Of versions `applied`, in one transaction.
void note_as_applied(schema_run& run, const std::vector<const migration::migration_file*>& applied, bool with_phases) {
  run.make_history();
  const auto& files = run.target().files;
  run.raw().query("BEGIN");
  for (const auto& one : files.phases) {
    if (!with_phases || one.in == migration::phase::verify) continue;
    const pending_item item{.kind = item_kind::phase, .up = &one.content, .in = one.in, .version = one.content.file};
    insert(run, run.row_for(item), item_state::baselined, one.content.text);
  }
  for (const auto* one : applied) {
    const pending_item item{.kind = one->is_repeatable ? item_kind::repeatable : item_kind::versioned,
                            .up = &one->up,
                            .migration = one,
                            .version = one->is_repeatable ? one->up.file : one->number.text};
    insert(run, run.row_for(item), item_state::baselined, one->up.text,
           one->down ? std::optional<std::string_view>{one->down->text} : std::nullopt);
  }
  run.raw().query("COMMIT");
  run.read_history();
  (void)run.show(run.find_work());
}

void take_for_applied(schema_run& run, const migration::version& to, bool with_phases) {
  run.read_history();
  const schema_run::locked now{run};
  refuse_after_the_first(run);
  std::vector<const migration::migration_file*> applied;
  for (const auto& one : run.target().files.migrations) {
    if (!one.is_repeatable && is_below(run.target().files, one, to)) applied.push_back(&one);
  }
  note_as_applied(run, applied, with_phases);
}

migration::tool_table find_tool_table(schema_run& run, const tool_choice& from) {
  using migration::layout;
  const auto optional = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional{text}; };
  auto tool = from.tool;
  if (!tool && run.target().files.format != layout::innkeeper) tool = run.target().files.format;
  auto found = pg::find_tool_tables(run.raw(), optional(from.schema), optional(from.table));
  if (tool) std::erase_if(found, [&](const auto& one) { return one.tool != *tool; });
  if (found.size() > 1 && found.front().is_on_path)
    std::erase_if(found, [](const auto& one) { return !one.is_on_path; });
  if (found.empty()) {
    throw error{exit_code::failed,
                fmt::format("there is no history of {} here", tool ? std::string{to_string(*tool)} : "another tool"),
                fmt::format("looked for {} as the service sees its database",
                            from.table.empty() ? "the table as the tool calls it" : "table " + from.table),
                "Name its table with --table SCHEMA.TABLE, and the tool with --from-tool TOOL."};
  }
  if (found.size() > 1 && found[0].is_on_path == found[1].is_on_path && found[0].schema != found[1].schema) {
    std::string all;
    for (const auto& one : found) all += (all.empty() ? "" : ", ") + to_string(one);
    throw error{exit_code::usage, "several tables may be meant", all, "Name one with --table SCHEMA.TABLE."};
  }
  if (!found.front().is_readable) {
    throw error{
        exit_code::not_permitted,
        fmt::format("the service may not read {}", to_string(found.front())),
        {},
        fmt::format("Have its owner run: GRANT SELECT ON {} TO the service's group role.", to_string(found.front()))};
  }
  return found.front();
}

void take_over(schema_run& run, const tool_choice& from, bool with_phases) {
  run.read_history();
  const schema_run::locked now{run};
  refuse_after_the_first(run);
  const auto table = find_tool_table(run, from);
  run.set_taken_from(to_string(table));
  const auto found =
      find_takeover(run.target().files, table, pg::read_tool_rows(run.raw(), table), run.target().directory.string());
  if (has_errors(found.problems)) return run.show(found.problems);
  note_as_applied(run, found.applied, with_phases);
}

std::string forget(schema_run& run, const history_row& row, const char* why) {
  insert(run, row, item_state::forgotten, {});
  return fmt::format("forgot {} {}: {}", row.kind == item_kind::versioned ? "version" : "file", row.version, why);
}

// A row of a version, made true again; "" where it is.
std::string repair_version(schema_run& run, const history_row& row) {
  const auto* file = file_of(run.target().files, row);
  if (file == nullptr) return row.is_applied() ? forget(run, row, "its file is gone") : std::string{};
  if (!row.is_applied()) {
    return row.state == item_state::reverted || row.state == item_state::forgotten
               ? std::string{}
               : forget(run, row, "it had failed, and runs from its beginning");
  }
  const auto sums = migration::checksums_of(file->up.text);
  if (sums == row.sums) return {};
  auto mended = row;
  mended.sums = sums;
  insert(run, mended, row.state, file->up.text,
         file->down ? std::optional<std::string_view>{file->down->text} : std::nullopt);
  return fmt::format("version {} counts as it is written now", row.version);
}

std::string repair_phase(schema_run& run, const history_row& row) {
  const auto& phases = run.target().files.phases;
  const auto file =
      std::ranges::find_if(phases, [&](const migration::phase_file& one) { return one.content.file == row.version; });
  if (file == phases.end()) {
    return row.state == item_state::forgotten ? std::string{} : forget(run, row, "its file is gone");
  }
  const auto sums = migration::checksums_of(file->content.text);
  if (!row.is_applied() || sums == row.sums || sums.normalized != row.sums.normalized) return {};
  auto mended = row;
  mended.sums = sums;
  insert(run, mended, row.state, file->content.text);
  return fmt::format("file {} counts as it is written now", row.version);
}

// "orders_by_user_ccnew1", in quotes or not.
bool is_left_by_reindex(std::string_view name) {
  if (name.ends_with('"')) name.remove_suffix(1);
  while (!name.empty() && name.back() >= '0' && name.back() <= '9') name.remove_suffix(1);
  return name.ends_with("_ccnew") || name.ends_with("_ccold");
}

void rebuild(schema_run& run, const migration::invalid_index& index) {
  const bool is_leaving = is_left_by_reindex(index.name);
  run.session().lift_limits();
  run.raw().query(fmt::format("{} INDEX CONCURRENTLY {}", is_leaving ? "DROP" : "REINDEX", index.name));
  run.remark(fmt::format("index {} of {} was INVALID: {}", index.name, index.table,
                         is_leaving ? "removed what a failed REINDEX left" : "rebuilt"));
}

void make_true_again(schema_run& run) {
  run.read_history();
  run.refuse_without_history();
  const schema_run::locked now{run};
  const auto rows = run.stored().rows;
  const auto broken = run.stored().broken;
  std::vector<std::string> done;
  run.raw().query("BEGIN");
  for (const auto& row : rows) {
    if (row.kind == item_kind::repeatable) continue;
    auto text = row.kind == item_kind::versioned ? repair_version(run, row) : repair_phase(run, row);
    if (!text.empty()) done.push_back(std::move(text));
  }
  run.raw().query("COMMIT");
  run.read_history();
  (void)run.show(run.find_work());
  for (auto& one : done) run.remark(std::move(one));
  for (const auto& one : broken) rebuild(run, one);
}

void check(schema_run& run) {
  run.read_history();
  run.refuse_without_history();
  const schema_run::locked now{run};
  (void)run.show(run.find_work());
  run.run_verify_files();
}

}  // namespace

migrate_report migration_status(const migration_target& target, const migrate_options& options,
                                const event_sink& tell) {
  return schema_run{target, options, tell}.report_of(look);
}

migrate_report migrate_up(const migration_target& target, const migrate_options& options, const event_sink& tell) {
  return schema_run{target, options, tell}.report_of(go_up);
}

migrate_report migrate_down(const migration_target& target, const migration::down_target& to,
                            const migrate_options& options, const event_sink& tell) {
  chosen_versions chosen;
  return schema_run{target, options, tell}.report_of([&](schema_run& run) { go_down(run, to, chosen); });
}

migrate_report migrate_baseline(const migration_target& target, const migration::version& to, bool with_phases,
                                const migrate_options& options, const event_sink& tell) {
  return schema_run{target, options, tell}.report_of([&](schema_run& run) { take_for_applied(run, to, with_phases); });
}

migrate_report migrate_take_over(const migration_target& target, const tool_choice& from, bool with_phases,
                                 const migrate_options& options, const event_sink& tell) {
  return schema_run{target, options, tell}.report_of([&](schema_run& run) { take_over(run, from, with_phases); });
}

migrate_report migrate_repair(const migration_target& target, const migrate_options& options, const event_sink& tell) {
  return schema_run{target, options, tell}.report_of(make_true_again);
}

migrate_report migrate_verify(const migration_target& target, const migrate_options& options, const event_sink& tell) {
  return schema_run{target, options, tell}.report_of(check);
}

}  // namespace innkeeper::exec
