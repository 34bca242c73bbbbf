#include "cli/migrate_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/text.h"

namespace innkeeper::cli {
namespace {

using exec::migrate_report;
using exec::schema_item;
using exec::schema_state;
using migration::lint_finding;
using migration::lint_level;

color color_of(schema_state state) {
  switch (state) {
    case schema_state::up_to_date:
    case schema_state::ahead:
      return color::green;
    case schema_state::pending:
    case schema_state::unmanaged:
      return color::yellow;
    case schema_state::failed:
    case schema_state::conflict:
    case schema_state::unknown:
      return color::red;
  }
  return color::red;
}

// The history as it was read last, and what ran after that.
std::size_t applied_count(const migrate_report& one) {
  std::set<std::pair<migration::item_kind, std::string>> applied;
  for (const auto& row : one.history.rows) {
    if (row.is_applied()) applied.emplace(row.kind, row.version);
  }
  for (const auto& item : one.ran) {
    if (item.is_up) applied.emplace(item.kind, item.version);
  }
  return applied.size();
}

// What is applied and differs from the files, or stands in the way.
std::string drift_of(const migrate_report& one) {
  std::vector<std::string> parts;
  const auto errors = std::ranges::count(one.problems, severity::error, &diagnostic::level);
  const auto warnings = std::ssize(one.problems) - errors;
  if (errors > 0) parts.push_back(counted(errors, "conflict"));
  if (warnings > 0) parts.push_back(counted(warnings, "remark"));
  if (!one.broken.empty()) {
    parts.push_back(
        fmt::format("{} INVALID", one.broken.size() == 1 ? "1 index" : fmt::format("{} indexes", one.broken.size())));
  }
  return parts.empty() ? "none" : fmt::format("{}", fmt::join(parts, ", "));
}

json item_to_json(const schema_item& one) {
  return {{"file", one.file},
          {"kind", to_string(one.kind)},
          {"phase", one.kind == migration::item_kind::phase ? json(to_string(one.in)) : json(nullptr)},
          {"version", one.version},
          {"reason", one.reason},
          {"direction", one.is_up ? "up" : "down"},
          {"duration_ms", one.duration.count()},
          {"attempts", one.attempts},
          {"lock_wait_ms", one.lock_wait.count()}};
}

json items_to_json(const std::vector<schema_item>& items) {
  json list = json::array();
  for (const auto& one : items) list.push_back(item_to_json(one));
  return list;
}

json problem_to_json(const diagnostic& one) {
  return {{"level", one.level == severity::error ? "error" : "warning"},
          {"place", to_string(one.where)},
          {"message", one.message},
          {"detail", one.detail},
          {"hint", one.hint}};
}

json report_to_json(const migrate_report& one) {
  json document{{"name", one.service},
                {"server", one.server},
                {"state", exec::to_string(one.state)},
                {"version", one.version.empty() ? json(nullptr) : json(one.version)},
                {"applied", items_to_json(one.ran)},
                {"failed_file", one.stopped_at ? item_to_json(*one.stopped_at) : json(nullptr)},
                {"pending", items_to_json(one.pending)},
                {"findings", findings_to_json(one.findings)},
                {"problems", json::array()},
                {"invalid_indexes", json::array()},
                {"duration_ms", one.duration.count()},
                {"server_wait_ms", one.server_wait.count()},
                {"runner_wait_ms", one.runner_wait.count()},
                {"connection_attempts", one.connection_attempts}};
  for (const auto& problem : one.problems) document["problems"].push_back(problem_to_json(problem));
  for (const auto& index : one.broken) {
    document["invalid_indexes"].push_back({{"name", index.name}, {"table", index.table}});
  }
  return document;
}

std::string_view word_of(lint_level level) {
  return level == lint_level::error ? "error" : level == lint_level::warning ? "warning" : "info";
}

color color_of(lint_level level) {
  return level == lint_level::error ? color::red : level == lint_level::warning ? color::yellow : color::dim;
}

std::string indented(std::string_view text) {
  std::string result;
  for (const char c : text) {
    result += c;
    if (c == '\n') result += "    ";
  }
  return result;
}

exec::log_level log_level_of(lint_level level) {
  return level == lint_level::error     ? exec::log_level::error
         : level == lint_level::warning ? exec::log_level::warning
                                        : exec::log_level::debug;
}

void show_finding(const lint_finding& one, const std::string& service, console& out) {
  auto text = findings_to_text({one}, out.settings().verbose, out.settings().colored_progress);
  if (text.empty()) return;
  text.pop_back();
  exec::start_line line{.level = one.ignored.empty() ? log_level_of(one.level) : exec::log_level::debug,
                        .service = service,
                        .message = fmt::format("{}: {} [{}]", to_string(one.where), one.message, one.rule)};
  if (!one.hint.empty()) line.detail = "hint: " + one.hint;
  out.log(line, text);
}

json sarif_result(const lint_finding& one) {
  json result{{"ruleId", one.rule},
              {"level", one.level == lint_level::info ? "note" : word_of(one.level)},
              {"message", {{"text", one.hint.empty() ? one.message : one.message + ". " + one.hint}}},
              {"locations",
               {{{"physicalLocation",
                  {{"artifactLocation", {{"uri", one.where.file}}},
                   {"region",
                    {{"startLine", std::max(1, one.where.line)}, {"startColumn", std::max(1, one.where.column)}}}}}}}}};
  if (!one.ignored.empty()) {
    result["suppressions"] = json::array({{{"kind", "inSource"}, {"justification", one.ignored}}});
  }
  return result;
}

}  // namespace

std::string schemas_to_text(const exec::estate_run& run, bool colored) {
  text_table table{{"service", "version", "applied", "pending", "drift", "state"}};
  for (const auto& one : run.reports) {
    table.add({one.service, one.version.empty() ? "none" : one.version, std::to_string(applied_count(one)),
               std::to_string(one.pending.size()), drift_of(one),
               paint(exec::to_string(one.state), color_of(one.state), colored)});
  }
  for (const auto& name : run.skipped) table.add({name, "", "", "", "", "not tried"});
  return table.text();
}

std::string schema_changes_to_text(const exec::estate_run& run, bool colored) {
  std::string text;
  for (const auto& one : run.reports) {
    for (const auto& item : one.ran) {
      const auto mark = item.is_up ? paint("+", color::green, colored) : paint("-", color::red, colored);
      text += fmt::format("{} {}: {} ({})\n", mark, one.service, item.file, human_duration(item.duration));
    }
  }
  return text;
}

std::string schemas_summary(const exec::estate_run& run) {
  std::size_t files = 0;
  std::size_t changed = 0;
  std::size_t failed = 0;
  for (const auto& one : run.reports) {
    files += one.ran.size();
    if (!one.ran.empty()) ++changed;
    if (one.code != exit_code::ok) ++failed;
  }
  if (files == 0 && failed == 0) {
    return fmt::format("{} up to date.\n",
                       run.reports.size() == 1 ? "1 schema is" : fmt::format("{} schemas are", run.reports.size()));
  }
  return fmt::format("{} run in {}; {} failed.\n", counted(static_cast<long>(files), "schema file"),
                     counted(static_cast<long>(changed), "service"), failed);
}

json schemas_to_json(const exec::estate_run& run) {
  std::size_t applied = 0;
  std::size_t pending = 0;
  std::size_t failed = 0;
  json document{
      {"applied", 0}, {"pending", 0}, {"failed", 0}, {"services", json::array()}, {"failures", json::array()}};
  for (const auto& one : run.reports) {
    applied += one.ran.size();
    pending += one.pending.size();
    if (one.code != exit_code::ok) ++failed;
    document["services"].push_back(report_to_json(one));
    for (const auto& failure : one.failures) {
      document["failures"].push_back(
          {{"service", failure.service}, {"text", failure.text}, {"code", static_cast<int>(failure.code)}});
    }
  }
  document["applied"] = applied;
  document["pending"] = pending;
  document["failed"] = failed;
  document["skipped"] = run.skipped;
  return document;
}

std::string findings_to_text(const std::vector<lint_finding>& findings, bool verbose, bool colored) {
  std::string text;
  for (const auto& one : findings) {
    if (!verbose && (!one.ignored.empty() || one.level == lint_level::info)) continue;
    text += fmt::format("{}: {}: {} [{}]\n", to_string(one.where),
                        paint(word_of(one.level), color_of(one.level), colored), one.message, one.rule);
    if (!one.ignored.empty()) text += fmt::format("  ignored: {}\n", one.ignored);
    if (!one.hint.empty()) text += fmt::format("  hint: {}\n", one.hint);
    if (!one.rewrite.empty()) text += fmt::format("  instead:\n    {}\n", indented(one.rewrite));
  }
  return text;
}

json findings_to_json(const std::vector<lint_finding>& findings) {
  json list = json::array();
  for (const auto& one : findings) {
    list.push_back({{"rule", one.rule},
                    {"level", word_of(one.level)},
                    {"file", one.where.file},
                    {"line", one.where.line},
                    {"column", one.where.column},
                    {"message", one.message},
                    {"hint", one.hint},
                    {"rewrite", one.rewrite},
                    {"ignored", one.ignored.empty() ? json(nullptr) : json(one.ignored)}});
  }
  return list;
}

json findings_to_sarif(const std::vector<lint_finding>& findings) {
  json rules = json::array();
  for (const auto& rule : migration::lint_rules()) {
    rules.push_back({{"id", rule.id},
                     {"shortDescription", {{"text", rule.title}}},
                     {"fullDescription", {{"text", rule.why}}},
                     {"help", {{"text", rule.safe}}}});
  }
  json results = json::array();
  for (const auto& one : findings) results.push_back(sarif_result(one));
  return {
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs",
       json::array({{{"tool", {{"driver", {{"name", "innkeeper"}, {"version", INNKEEPER_VERSION}, {"rules", rules}}}}},
                     {"results", results}}})}};
}

void show_findings(const exec::estate_run& run, console& out) {
  for (const auto& one : run.reports) {
    for (const auto& finding : one.findings) show_finding(finding, one.service, out);
    if (one.code == exit_code::invalid && one.failures.empty()) {
      out.complain(
          exec::log_level::error, one.service,
          "refused by the linter; nothing was changed\n  hint: Mend the files; or let a rule pass with --allow "
          "RULE, or with a lint-ignore and its reason.");
    }
  }
}

void show_trouble(const exec::estate_run& run, console& out) {
  for (const auto& one : run.reports) {
    out.show(one.problems);
    for (const auto& failure : one.failures) {
      out.complain(exec::log_level::error, one.service, failure.text);
    }
    for (const auto& index : one.broken) {
      out.complain(exec::log_level::warning, one.service,
                   fmt::format("index {} of {} is INVALID\n  hint: \"innkeeper migrate repair\" rebuilds it.",
                               index.name, index.table));
    }
  }
}

}  // namespace innkeeper::cli
