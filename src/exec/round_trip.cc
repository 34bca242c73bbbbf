#include "exec/round_trip.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/sql.h"
#include "exec/error.h"
#include "exec/executor.h"
#include "exec/migrate.h"
#include "exec/schema_files.h"
#include "exec/scratch_database.h"
#include "migration/rollback.h"
#include "pg/catalog.h"
#include "pg/database_check.h"

namespace innkeeper::exec {
namespace {

using lines = std::vector<std::string>;

lines difference(const lines& before, const lines& after) {
  lines missing;
  lines added;
  std::ranges::set_difference(before, after, std::back_inserter(missing));
  std::ranges::set_difference(after, before, std::back_inserter(added));
  lines all;
  for (const auto& one : missing) all.push_back("- " + one);
  for (const auto& one : added) all.push_back("+ " + one);
  return all;
}

class round_trip {
 public:
  round_trip(const service_declaration& service, const server_access& access, const event_sink& tell)
      : service_{service}, tell_{tell}, scratch_{access, capabilities_of(access), options_of(access, service)} {
    report_.service = service.name;
    target_.service = service.name;
    target_.server = service.server;
    target_.wait = access.server->wait;
    target_.settings = service.migrations;
    target_.directory = shown_directory(service.schema_files);
    target_.files = load_schema_directory(service.schema_files, service.migrations.format);
    target_.log_in = scratch_.owner();
    target_.history = {"innkeeper"};
    target_.history_elsewhere = target_.history;
    prepare();
  }

  // Each version on top of those before it: up, down, up.
  round_trip_report run() {
    bool goes_on = go_up(migration::version{"0"});
    for (const auto& one : target_.files.migrations) {
      if (goes_on && !one.is_repeatable) goes_on = try_version(one);
    }
    // Repeatable files, seeds and verify files too.
    if (goes_on) (void)go_up({});
    return std::move(report_);
  }

 private:
  static capabilities capabilities_of(const server_access& access) {
    auto maintenance = pg::connection::open(access.admin, {.application_name = "innkeeper round trip"});
    auto can = pg::observe_shared(maintenance).can;
    if (!can.may_create_databases || !can.may_create_roles) {
      throw error{exit_code::not_permitted,
                  fmt::format("\"{}\" may not make a scratch database", access.admin.user),
                  {},
                  fmt::format("Have a superuser run: ALTER ROLE {} CREATEDB CREATEROLE", quoted(access.admin.user))};
    }
    return can;
  }

  static std::string options_of(const server_access& access, const service_declaration& service) {
    auto maintenance = pg::connection::open(access.admin, {.application_name = "innkeeper round trip"});
    return pg::creation_options(maintenance, service.database.value);
  }

  void prepare() {
    auto session = scratch_.open_as_admin();
    session.query(fmt::format("CREATE SCHEMA extensions; GRANT USAGE ON SCHEMA extensions TO {};",
                              quoted(scratch_.owner().user)));
    for (const auto& one : service_.extensions) {
      try {
        session.query(fmt::format("CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA extensions;", quoted(one.name)));
      } catch (const pg::error& failed) {
        if (!one.optional || failed.connection_is_lost()) throw;
      }
    }
    const auto& schema = service_.schema.value;
    session.query(fmt::format("ALTER DATABASE {} SET search_path = {};", quoted(scratch_.owner().database),
                              print_search_path({schema.value, "extensions", "pg_temp"})));
    if (schema.value != "public") {
      auto own = pg::connection::open(scratch_.owner(), {.kind = pg::session_kind::service});
      own.query(fmt::format("CREATE SCHEMA {};", quoted(schema)));
    }
  }

  lines look() {
    auto session = scratch_.open_as_admin();
    return pg::schema_lines(session);
  }

  bool go_up(const std::optional<migration::version>& to) {
    migrate_options options;
    options.allowed_rules = {"all"};
    options.to = to;
    return succeeded(migrate_up(target_, options, [](const event&) {}));
  }

  bool go_down() {
    return succeeded(migrate_down(target_, {.steps = 1}, {}, [](const event&) {}));
  }

  bool succeeded(const migrate_report& done) {
    if (done.code == exit_code::ok) return true;
    report_.failures.insert(report_.failures.end(), done.failures.begin(), done.failures.end());
    for (const auto& one : done.problems) {
      if (one.level == severity::error) report_.failures.push_back({service_.name, to_string(one), done.code});
    }
    report_.code = worst_of(report_.code, done.code);
    return false;
  }

  // False where a script failed: then the next ones have nothing to stand on.
  bool try_version(const migration::migration_file& one) {
    const auto kind = migration::class_of(one);
    tell_({.kind = event_kind::step_begun, .service = service_.name, .text = "round trip of " + one.number.text});
    const auto before = look();
    if (!go_up(one.number)) return false;
    const auto words =
        kind.why.empty() ? std::string{to_string(kind.what)} : fmt::format("{}: {}", to_string(kind.what), kind.why);
    if (kind.what == migration::reversibility::irreversible) {
      add(one.number.text, words, {});
      return true;
    }
    const auto with = look();
    if (!go_down()) return false;
    auto differences = difference(before, look());
    if (!go_up(one.number)) return false;
    for (auto& line : difference(with, look())) differences.push_back(std::move(line));
    add(one.number.text, words, std::move(differences));
    return true;
  }

  void add(std::string version, std::string what, lines differences) {
    if (!differences.empty()) report_.code = worst_of(report_.code, exit_code::differences);
    report_.steps.push_back({std::move(version), std::move(what), std::move(differences)});
  }

  const service_declaration& service_;
  const event_sink& tell_;
  scratch_database scratch_;
  migration_target target_;
  round_trip_report report_;
};

}  // namespace

round_trip_report try_round_trip(const estate& all, const service_declaration& service, const event_sink& tell) {
  try {
    const auto files = load_schema_directory(service.schema_files, service.migrations.format);
    if (std::ranges::all_of(files.migrations, &migration::migration_file::is_repeatable))
      return {.service = service.name};
    const auto access = find_access(all, server_of(all, service));
    const server_lock lock{access, all.name, std::chrono::seconds{300}, tell};
    remove_left_scratch(access);
    return round_trip{service, access, tell}.run();
  } catch (const error& failed) {
    return {.service = service.name,
            .failures = {{service.name, whole_text(failed), failed.code()}},
            .code = failed.code()};
  } catch (const pg::error& failed) {
    return {.service = service.name,
            .failures = {{service.name, failed.what(), exit_code::failed}},
            .code = exit_code::failed};
  }
}

}  // namespace innkeeper::exec
