#include "cli/migrate_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/migrate_view.h"
#include "cli/text.h"
#include "migration/rollback.h"

namespace innkeeper::cli {
namespace {

using migration::relation_name;

const migration::script* script_of(const migration::schema_directory& files, const exec::schema_item& item) {
  for (const auto& one : files.phases) {
    if (item.kind == migration::item_kind::phase && one.content.file == item.file) return &one.content;
  }
  for (const auto& one : files.migrations) {
    if (item.kind != migration::item_kind::phase && one.up.file == item.file) return &one.up;
  }
  return nullptr;
}

std::string way_back_of(const migration::schema_directory& files, const exec::schema_item& item) {
  if (item.kind != migration::item_kind::versioned) return {};
  for (const auto& one : files.migrations) {
    if (one.up.file != item.file || one.is_repeatable) continue;
    const auto found = migration::class_of(one);
    return found.why.empty() ? std::string{to_string(found.what)}
                             : fmt::format("{}: {}", to_string(found.what), found.why);
  }
  return {};
}

std::string first_line(const std::string& text) {
  constexpr std::size_t most = 72;
  std::string line;
  for (const char c : text) {
    const bool is_space = c == '\n' || c == '\t' || c == '\r' || c == ' ';
    if (is_space && (line.empty() || line.back() == ' ')) continue;
    line += is_space ? ' ' : c;
  }
  if (line.size() <= most) return line;
  std::size_t end = most - 3;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
  return line.substr(0, end) + "...";
}

std::string names_of(const std::vector<relation_name>& tables) {
  std::string text;
  for (const auto& one : tables) {
    text += (text.empty() ? "" : ", ") + (one.schema.empty() ? one.name : one.schema + "." + one.name);
  }
  return text;
}

std::string words_for(const migration::lock_forecast& locks) {
  if (locks.lock.empty() || locks.tables.empty()) return "no lock on a table that is there";
  std::string text = fmt::format("{} on {}", locks.lock, names_of(locks.tables));
  if (locks.rewrites) text += ", rewritten";
  if (locks.scans && !locks.rewrites) text += ", read whole";
  return text;
}

}  // namespace

void migrate_plan::add(const exec::migration_target& target, const exec::migrate_report& report) {
  std::set<std::string> made;
  for (const auto& item : report.pending) {
    const auto* script = script_of(target.files, item);
    const bool only_reads = item.kind == migration::item_kind::phase && item.in == migration::phase::verify;
    if (script == nullptr || only_reads) continue;
    file one{.service = report.service,
             .name = item.file,
             .reason = item.reason,
             .is_transactional = !script->says.no_transaction,
             .way_back = way_back_of(target.files, item)};
    for (const auto& sql : script->statements) {
      statement shown{.text = first_line(sql.text), .line = sql.where.line};
      if (const auto tree = migration::sql_tree::parse(sql.text)) {
        shown.locks = forecast_locks(*tree, report.facts);
        std::erase_if(shown.locks.tables, [&](const relation_name& table) { return made.contains(table.name); });
        if (tree->root().type() == "CreateStmt") made.insert(relation_of(tree->root()["relation"]).name);
      }
      one.statements.push_back(std::move(shown));
    }
    files_.push_back(std::move(one));
  }
}

std::string migrate_plan::to_text(bool colored) const {
  if (files_.empty()) return "Nothing is pending.\n";
  std::string text;
  for (const auto& one : files_) {
    text += fmt::format("{} {}: {} ({}{}){}\n", paint("+", color::green, colored), one.service, one.name, one.reason,
                        one.is_transactional ? "" : ", without a transaction",
                        one.way_back.empty() ? "" : "; way back: " + one.way_back);
    for (const auto& sql : one.statements) {
      text += fmt::format("    {:>4}  {}\n          {}\n", sql.line, sql.text,
                          paint(words_for(sql.locks), color::dim, colored));
    }
  }
  return text;
}

json migrate_plan::to_json(const exec::estate_run& run) const {
  json document = schemas_to_json(run);
  document["files"] = json::array();
  for (const auto& one : files_) {
    json statements = json::array();
    for (const auto& sql : one.statements) {
      json tables = json::array();
      for (const auto& table : sql.locks.tables) tables.push_back(names_of({table}));
      statements.push_back(
          {{"line", sql.line},
           {"sql", sql.text},
           {"lock", sql.locks.lock.empty() || sql.locks.tables.empty() ? json(nullptr) : json(sql.locks.lock)},
           {"tables", tables},
           {"rewrites", sql.locks.rewrites},
           {"scans", sql.locks.scans}});
    }
    document["files"].push_back({{"service", one.service},
                                 {"file", one.name},
                                 {"reason", one.reason},
                                 {"transaction", one.is_transactional},
                                 {"way_back", one.way_back.empty() ? json(nullptr) : json(one.way_back)},
                                 {"statements", statements}});
  }
  return document;
}

}  // namespace innkeeper::cli
