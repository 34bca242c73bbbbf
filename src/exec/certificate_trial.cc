#include "exec/certificate_trial.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/hba_block.h"
#include "exec/log_in_key.h"
#include "pg/connection.h"

namespace innkeeper::exec {
namespace {

std::string why_missing(const secret_store& store, const server_access& access, const role_name& role) {
  if (access.is_embedded) return fmt::format("log-in \"{}\" has no certificate yet: run innkeeper up", role);
  const auto files = client_files_of(store, access.server->name, role);
  return fmt::format(
      "log-in \"{}\" has no certificate: put one whose common name is {} into \"{}\", and its key into \"{}\"", role,
      role, files.certificate.string(), files.key.string());
}

std::string why_refused(const server_access& access, const role_name& role, const std::string& servers_words) {
  if (access.is_embedded) return fmt::format("log-in \"{}\" is not let in by its certificate: run innkeeper up", role);
  return fmt::format(
      "log-in \"{}\" is not let in by its certificate ({}); pg_hba.conf needs, above the lines that ask for a "
      "password: {}",
      role, servers_words, certificate_line(role));
}

}  // namespace

std::string problem_of_certificate(const secret_store& store, const desired_server& desired,
                                   const server_access& access, const role_name& role, bool may_try) {
  const auto key = read_log_in_key(store, desired.name, role, authentication_kind::certificate);
  if (!key.is_there()) return why_missing(store, access, role);
  if (!may_try) return {};
  const auto home = std::ranges::find(desired.role_settings, role, &desired_role_setting::role);
  conninfo target{.endpoints = access.endpoints,
                  .user = role,
                  .database = home == desired.role_settings.end() ? access.admin.database : home->database,
                  .parameters = parameters_for_others(access)};
  show_key(key, target);
  pg::connect_options options;
  options.kind = pg::session_kind::service;
  options.application_name = "innkeeper observe";
  try {
    (void)pg::connection::open(target, options);
  } catch (const pg::error& failure) {
    const bool is_refused = failure.sqlstate().starts_with("28") || failure.facts().tls != tls_trouble::none;
    // Anything else says nothing about the certificate.
    if (is_refused) return why_refused(access, role, failure.facts().primary);
  }
  return {};
}

}  // namespace innkeeper::exec
