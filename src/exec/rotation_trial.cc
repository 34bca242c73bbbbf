#include "exec/rotation_trial.h"

#include <fmt/format.h>

#include <thread>

namespace innkeeper::exec {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds try_for{5000};

// What its database says a session of the log-in starts as.
role_name starting_role_in(const desired_server& desired, const role_name& log_in, const database_name& database) {
  for (const auto& one : desired.role_settings) {
    if (one.role == log_in && one.database == database && one.name == "role") return {one.value};
  }
  return log_in;
}

std::string trouble_in(const rotation_run& run, const conninfo& target,
                       std::chrono::steady_clock::time_point deadline) {
  for (;;) {
    try {
      auto session =
          pg::connection::open(target, {.kind = pg::session_kind::service, .application_name = "innkeeper rotation"});
      const auto found = session.query("SELECT current_user").text(0, 0);
      const auto wanted = starting_role_in(run.planned.desired, target.user, target.database);
      if (found == wanted.value) return {};
      return fmt::format("log-in \"{}\" starts as \"{}\" in database \"{}\", not as \"{}\"", target.user, found,
                         target.database, wanted);
    } catch (const pg::error& refused) {
      if (!refused.may_retry() || std::chrono::steady_clock::now() >= deadline) {
        return fmt::format("log-in \"{}\" does not get into database \"{}\": {} [{}]", target.user, target.database,
                           refused.facts().primary, refused.sqlstate());
      }
    }
    std::this_thread::sleep_for(milliseconds{100});
  }
}

}  // namespace

bool gets_in(rotation_run& run, rotation_candidate& one, const role_name& log_in, const secret& password) {
  const auto deadline = std::chrono::steady_clock::now() + try_for;
  for (const auto* service : one.services) {
    // A migrator comes to the server itself.
    const bool is_applications = service->user.value == one.result.log_in;
    const auto target = is_applications ? service_conninfo_as(log_in, password, *service, run.access)
                                        : direct_conninfo_as(log_in, password, *service, run.access);
    auto trouble = trouble_in(run, target, deadline);
    if (trouble.empty()) continue;
    run.fail(one, std::move(trouble));
    return false;
  }
  return true;
}

}  // namespace innkeeper::exec
