#include "exec/migration_target.h"

#include <fmt/format.h>

#include <exception>

#include "core/naming.h"
#include "exec/error.h"
#include "exec/log_in_key.h"
#include "exec/migration_session.h"
#include "exec/schema_files.h"
#include "exec/service_places.h"

namespace innkeeper::exec {
namespace {

std::string joined(const diagnostics& problems) {
  std::string text;
  for (const auto& one : problems) {
    if (one.level == severity::error) text += to_string(one);
  }
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

conninfo migrating_log_in(const estate& all, const service_declaration& service) {
  const auto access = find_access(all, server_of(all, service));
  conninfo target = direct_conninfo(all, service, access);
  // The log-in that may change the schema.
  if (service.access == access_mode::readwrite) target.user = migrator_role(service.name);
  const auto key = read_log_in_key(store_of(all), service.server, target.user, service.authentication);
  if (!key.is_there()) {
    const bool is_certificate = service.authentication == authentication_kind::certificate;
    throw error{exit_code::invalid,
                fmt::format("not migrated: the {} of \"{}\" can't be read", is_certificate ? "certificate" : "password",
                            target.user),
                key.problem,
                is_certificate ? "Run \"innkeeper up\"; of a server with a url, put its certificate there."
                               : "Run \"innkeeper apply\"; it makes the log-in and its password."};
  }
  show_key(key, target);
  return target;
}

}  // namespace

migration_target find_migration_target(const estate& all, const service_declaration& service) {
  migration_target target{.service = service.name, .server = service.server, .settings = service.migrations};
  target.directory = shown_directory(service.schema_files);
  target.wait = server_of(all, service).wait;
  const schema_census census{all};
  const bool is_shared = census.shares_its_database(service);
  target.history = history_schema(service.name, is_shared);
  target.history_elsewhere = history_schema(service.name, !is_shared);
  std::exception_ptr no_log_in;
  try {
    target.log_in = migrating_log_in(all, service);
    target.early = begin_session(target);
  } catch (const error&) {
    no_log_in = std::current_exception();  // what is wrong with the files is told first
  }
  target.files = load_schema_directory(service.schema_files, service.migrations.format);
  if (has_errors(target.files.problems)) throw error{exit_code::invalid, joined(target.files.problems)};
  if (no_log_in) std::rethrow_exception(no_log_in);
  if (service.access == access_mode::readwrite) target.reader = rw_role(role_base(census, service));
  return target;
}

}  // namespace innkeeper::exec
