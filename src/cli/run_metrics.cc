#include "cli/run_metrics.h"

#include <fmt/format.h>

#include "cli/failure.h"
#include "metrics/page_file.h"

namespace innkeeper::cli {
namespace {

constexpr std::string_view option_name = "--metrics-file";

metrics::outcome outcome_of(exit_code code) {
  return code == exit_code::ok ? metrics::outcome::success : metrics::outcome::failure;
}

std::set<std::string> services_on(const std::string& server, const opened_estate& opened) {
  std::set<std::string> names;
  for (const auto& one : opened.all.services) {
    if (one.server == server && is_managed(one) && opened.is_meant(one.name)) names.insert(one.name);
  }
  return names;
}

}  // namespace

option metrics_file_row() {
  return {option_name, "", option_kind::value, "FILE",
          "leave Prometheus metrics of this run there, also when it fails"};
}

run_metrics::run_metrics(const arguments& given, std::string_view command)
    : file_{given.value(option_name)}, about_{.command = std::string{command}} {
  if (!given.has(option_name)) return;
  if (const auto problem = metrics::problem_with_page_file(file_); !problem.empty()) {
    throw refused{exit_code::usage, fmt::format("metrics can't be kept in \"{}\": {}", file_.string(), problem),
                  "Name a file in a directory that this user may write to.", "nothing was changed"};
  }
}

void run_metrics::is_about(const opened_estate& opened) {
  knows_estate_ = true;
  about_.estate = opened.all.name;
  is_narrowed_ = !opened.services.empty();
  if (opened.services.size() == 1) about_.service = *opened.services.begin();
}

void run_metrics::add(const exec::estate_run& run) {
  for (const auto& one : run.reports) {
    metrics::add_schema_run(page_, about_.estate, one, std::chrono::system_clock::now());
  }
}

void run_metrics::add_all(const exec::estate_run& run) {
  add(run);
  if (!is_narrowed_ && run.skipped.empty()) page_.is_all_of(metrics::metric_subject::schema, about_.estate);
}

void run_metrics::add(const exec::start_report& one) {
  metrics::add_start(page_, about_.estate, about_.service, one, std::chrono::system_clock::now());
}

void run_metrics::add(const opened_estate& opened, const apply_result& result) {
  const auto add_one = [&](const exec::apply_report& one) {
    metrics::add_apply(page_, about_.estate, services_on(one.server, opened), one, std::chrono::system_clock::now());
  };
  if (!is_narrowed_) {
    page_.is_all_of(metrics::metric_subject::server, about_.estate);
    page_.is_all_of(metrics::metric_subject::service, about_.estate);
  }
  for (const auto& one : result.reports) add_one(one);
  for (const auto& [server, code] : result.unreached) {
    const auto count = static_cast<int>(services_on(server, opened).size());
    add_one({.server = server, .failed = count, .failures = {{.service = {}, .text = {}, .code = code}}, .code = code});
  }
}

bool run_metrics::write(metrics::outcome how, exit_code code, console& out) {
  if (file_.empty() || is_written_) return true;
  is_written_ = true;
  about_.how = how;
  about_.code = code;
  about_.ended = std::chrono::system_clock::now();
  about_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start_);
  try {
    metrics::update_page_file(file_, [&](const metrics::page& before) {
      // Where the manifest could not be read, it is the one that the file spoke of before.
      if (!knows_estate_ && about_.service.empty()) about_.estate = before.only_estate();
      metrics::add_command(page_, about_);
      return page_;
    });
    return true;
  } catch (const std::exception& thrown) {
    out.show(report_of(thrown).problems);
    return false;
  }
}

void is_about(run_metrics& run, const migrate_sources& sources) {
  if (sources.alone) {
    run.is_about(sources.alone->service);
  } else {
    run.is_about(sources.opened);
  }
}

exit_code with_metrics(const arguments& given, std::string_view command, console& out,
                       const std::function<exit_code(run_metrics&)>& work) {
  run_metrics run{given, command};
  try {
    const auto code = work(run);
    return run.write(outcome_of(code), code, out) ? code : worst_of(code, exit_code::failed);
  } catch (const std::exception& thrown) {
    (void)run.write(metrics::outcome::failure, report_of(thrown).code, out);
    throw;
  }
}

}  // namespace innkeeper::cli
