#include <fmt/format.h>

#include "cli/become_program.h"
#include "cli/commands.h"
#include "cli/log_options.h"
#include "cli/migrate_options.h"
#include "cli/run_metrics.h"
#include "cli/wait_options.h"
#include "embedded/help_pages.h"
#include "exec/error.h"
#include "exec/start_service.h"

namespace innkeeper::cli {
namespace {

std::vector<option> init_rows() {
  std::vector<option> rows{
      {"--degraded", "", option_kind::flag, "", "with an application: start it even where something failed"},
      {"--redis", "", option_kind::value, "URL", "wait for this Redis too; no password is needed"},
      {"--rabbitmq", "", option_kind::value, "URL", "wait for this RabbitMQ too; no password is needed"},
      json_log_row(),
      metrics_file_row()};
  for (const auto& more : {wait_limit_rows(), migrate_limit_rows(), migrate_source_rows()}) {
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

// Standard output is the application's alone.
exec::start_log log_on(console& out) {
  return [&out](const exec::start_line& one) { out.log(one, exec::to_text(one)); };
}

exec::error as_error(const refused& thrown) {
  const auto& first = thrown.problems().front();
  if (thrown.problems().size() == 1 && first.where.file.empty()) {
    return {thrown.code(), first.message, first.detail, first.hint};
  }
  std::string text;
  for (const auto& one : thrown.problems()) text += to_string(one);
  while (text.ends_with('\n')) text.pop_back();
  return {thrown.code(), text};
}

// A start that failed before it began. What the command line says is never passed over; what it names may be.
std::function<exec::migration_target()> failing(const std::exception& thrown) {
  if (const auto* one = dynamic_cast<const refused*>(&thrown)) {
    if (one->code() == exit_code::usage) throw *one;
    return [failed = as_error(*one)]() -> exec::migration_target { throw failed; };
  }
  if (const auto* one = dynamic_cast<const exec::error*>(&thrown)) {
    return [failed = *one]() -> exec::migration_target { throw failed; };
  }
  throw;
}

const service_declaration& starting_service(const opened_estate& opened) {
  if (opened.services.size() == 1) return named_service(opened.all, *opened.services.begin());
  if (opened.services.empty() && opened.all.services.size() == 1) return opened.all.services.front();
  throw refused{exit_code::usage, "which service?", "Name one with --service."};
}

class start_command {
 public:
  start_command(const arguments& given, const exec::start_log& log, run_metrics& metrics)
      : given_{given}, log_{log}, metrics_{metrics} {
    start_.how = parse_migrate_options(given);
    start_.wait = wait_limits_of_environment();
    override_wait_limits(given, start_.wait);
    may_degrade_ = given.has("--degraded");
  }

  exec::start_report run(bool has_details) {
    if (given_.has("--url-from")) {
      take_variable();
    } else {
      take_manifest();
    }
    add_named_brokers();
    start_.goes_on_degraded = starts_application() && may_degrade_;
    start_.has_details = has_details;
    const auto report = exec::start_service(start_, log_);
    metrics_.add(report);
    return report;
  }

  [[nodiscard]] bool starts_application() const { return !given_.rest().empty(); }
  [[nodiscard]] bool may_degrade() const { return may_degrade_; }

 private:
  void take_variable() {
    if (!given_.has("--name")) {
      throw refused{exit_code::usage, "--url-from needs --name SERVICE", "It is the service that starts."};
    }
    start_.service = given_.value("--name");
    metrics_.is_about(start_.service);
    try {
      start_.find_target = [this, target = *target_without_manifest(given_)] { return patient(target); };
    } catch (const std::exception& thrown) {
      start_.find_target = failing(thrown);
    }
  }

  void take_manifest() {
    (void)target_without_manifest(given_);
    const auto names = given_.values("--service");
    try {
      opened_ = find_estate(given_);
      const auto& service = starting_service(opened_);
      start_.service = service.name;
      metrics_.is_about(opened_);
      metrics_.is_about(service.name);
      take_service(service);
    } catch (const std::exception& thrown) {
      start_.service = names.empty() ? "" : names.front();
      start_.announces_start = !names.empty();
      metrics_.is_about(start_.service);
      start_.find_target = failing(thrown);
    }
  }

  void take_service(const service_declaration& service) {
    for (const auto& one : opened_.warnings) say(to_string(one));
    may_degrade_ = may_degrade_ || service.migrations.starts_degraded;
    start_.wait = server_of(opened_.all, service).wait;
    override_wait_limits(given_, start_.wait);
    start_.find_target = [this, &service] { return patient(target_of(service)); };
    add_broker(service.uses_redis && !given_.has("--redis"), "redis", opened_.all.redis);
    add_broker(service.uses_rabbitmq && !given_.has("--rabbitmq"), "rabbitmq", opened_.all.rabbitmq);
  }

  // Without schema files, or where Innkeeper only watches, there is a server to wait for and nothing to run.
  [[nodiscard]] exec::migration_target target_of(const service_declaration& service) const {
    const auto& all = opened_.all;
    if (is_managed(service) && !service.schema_files.empty()) return exec::find_migration_target(all, service);
    return {.service = service.name,
            .server = service.server,
            .log_in = exec::direct_conninfo(all, service, exec::find_access(all, server_of(all, service)))};
  }

  [[nodiscard]] exec::migration_target patient(exec::migration_target target) const {
    target.wait = start_.wait;
    return target;
  }

  void add_broker(bool is_used, std::string_view key, const std::optional<broker_declaration>& declared) {
    if (!is_used) return;
    if (declared) {
      start_.brokers.push_back(declared->address);
    } else {
      say(fmt::format("service {} has {}:, but the manifest names no {}.url: not waited for", start_.service, key,
                      key));
    }
  }

  void add_named_brokers() {
    for (const auto& [name, kind] : {std::pair{"--redis", broker_kind::redis}, {"--rabbitmq", broker_kind::rabbitmq}}) {
      if (!given_.has(name)) continue;
      const auto address = parse_broker_url(given_.value(name));
      if (!address || address->kind != kind) {
        throw refused{exit_code::usage,
                      fmt::format("option {} needs a URL such as {}", name,
                                  kind == broker_kind::redis ? "redis://HOST:6379" : "amqp://HOST:5672")};
      }
      start_.brokers.push_back(*address);
    }
  }

  void say(std::string text) const {
    while (text.ends_with('\n')) text.pop_back();
    log_({.level = exec::log_level::warning, .service = start_.service, .phase = "start", .message = std::move(text)});
  }

  const arguments& given_;
  const exec::start_log& log_;
  run_metrics& metrics_;
  opened_estate opened_;
  exec::service_start start_;
  bool may_degrade_ = false;
};

exit_code start(const arguments& given, console& out, run_metrics& measured) {
  const auto log = log_on(out);
  start_command command{given, log, measured};
  const auto report = command.run(out.settings().shows_notices);
  const bool goes_on = report.code == exit_code::ok || command.may_degrade();
  if (!command.starts_application() || !goes_on) return report.code;
  // The start is what was measured; where its file can't be written, that is told, and the application starts.
  (void)measured.write(report.code == exit_code::ok ? metrics::outcome::success : metrics::outcome::degraded,
                       report.code, out);
  (void)out.flush();
  become_program(given.rest(), "Check the words behind \"--\"; the program must be on PATH.");
}

exit_code run(const arguments& given, console& out) {
  return with_metrics(given, "init", out, [&](auto& measured) { return start(given, out, measured); });
}

}  // namespace

command init_command() {
  return {.name = "init",
          .summary = "a service's start: wait, bring its schema up to date, become the application",
          .page = help_pages::init_md,
          .word = {.placeholder = "ESTATE"},
          .options = init_rows(),
          .takes_rest = true,
          .has_json = false,
          .run = run};
}

}  // namespace innkeeper::cli
