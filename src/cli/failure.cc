#include "cli/failure.h"

#include <fmt/format.h>

#include <array>

#include "exec/error.h"
#include "pg/error.h"

namespace innkeeper::cli {
namespace {

exit_code code_of(const pg::error& thrown) {
  if (thrown.is_not_permitted()) return exit_code::not_permitted;
  if (thrown.connection_is_lost()) return exit_code::unavailable;
  if (thrown.may_retry() || thrown.is_race()) return exit_code::may_retry;
  return exit_code::failed;
}

// What a superuser runs so that the admin may do what our own statement asked for.
std::string missing_right(const pg::error& thrown) {
  struct right {
    std::string_view statement;
    std::string_view mend;
  };
  static constexpr std::array rights{
      right{"CREATE DATABASE", "ALTER ROLE <admin> CREATEDB;"}, right{"CREATE ROLE", "ALTER ROLE <admin> CREATEROLE;"},
      right{"ALTER ROLE", "ALTER ROLE <admin> CREATEROLE;"}, right{"ALTER SYSTEM", "ALTER ROLE <admin> SUPERUSER;"}};
  if (thrown.sqlstate() != "42501") return {};
  for (const auto& one : rights) {
    if (thrown.facts().statement.starts_with(one.statement)) {
      return fmt::format("A superuser can grant the right: {}", one.mend);
    }
  }
  return {};
}

std::string hint_of(const pg::error& thrown) {
  if (!thrown.facts().hint.empty()) return thrown.facts().hint;
  if (thrown.sqlstate() == "28P01" || thrown.sqlstate() == "28000") {
    return "Check the password, and where the manifest says that it comes from.";
  }
  if (const auto mend = missing_right(thrown); !mend.empty()) return mend;
  if (code_of(thrown) == exit_code::may_retry) return "Run it again; what is done already stays done.";
  return {};
}

failure_report report_of(const pg::error& thrown) {
  const auto& facts = thrown.facts();
  std::string detail = facts.detail;
  if (!facts.statement.empty()) detail += fmt::format("{}statement: {}", detail.empty() ? "" : "; ", facts.statement);
  return {.code = code_of(thrown),
          .sqlstate = facts.sqlstate,
          .problems = {{.message = fmt::format("{} [{}]", facts.primary, facts.sqlstate),
                        .detail = detail,
                        .hint = hint_of(thrown)}}};
}

}  // namespace

refused::refused(exit_code code, diagnostics problems)
    : std::runtime_error{problems.empty() ? std::string{"refused"} : problems.front().message},
      code_{code},
      problems_{std::move(problems)} {}

refused::refused(exit_code code, std::string message, std::string hint, std::string detail)
    : refused{code,
              diagnostics{{.message = std::move(message), .detail = std::move(detail), .hint = std::move(hint)}}} {}

failure_report report_of(const std::exception& thrown) {
  if (const auto* one = dynamic_cast<const refused*>(&thrown))
    return {.code = one->code(), .problems = one->problems()};
  if (const auto* one = dynamic_cast<const pg::error*>(&thrown)) return report_of(*one);
  if (const auto* one = dynamic_cast<const exec::error*>(&thrown)) {
    return {.code = one->code(), .problems = {{.message = one->what(), .detail = one->detail(), .hint = one->hint()}}};
  }
  return {
      .code = exit_code::our_bug,
      .problems = {{.message = fmt::format("unexpected: {}", thrown.what()),
                    .hint = "This is a fault of Innkeeper's own. Please report it with the command, its output with "
                            "--verbose, and \"innkeeper --version\"; they hold no password."}}};
}

json to_json(const failure_report& report) {
  const auto one_to_json = [](const diagnostic& one) {
    json object{{"message", one.message}, {"detail", one.detail}, {"hint", one.hint}};
    if (!one.where.file.empty()) {
      object["file"] = one.where.file;
      object["line"] = one.where.line;
      object["column"] = one.where.column;
    }
    return object;
  };
  const auto is_error = [](const diagnostic& one) { return one.level == severity::error; };
  const auto first = std::ranges::find_if(report.problems, is_error);
  json object = one_to_json(first == report.problems.end() ? report.problems.front() : *first);
  object["code"] = static_cast<int>(report.code);
  if (!report.sqlstate.empty()) object["sqlstate"] = report.sqlstate;
  if (report.problems.size() > 1) {
    for (const auto& one : report.problems) object["problems"].push_back(one_to_json(one));
  }
  return object;
}

void show(const failure_report& report, console& out) {
  out.show(report.problems);
  json document = out.counters();
  document["error"] = to_json(report);
  out.print_json(document);
}

}  // namespace innkeeper::cli
