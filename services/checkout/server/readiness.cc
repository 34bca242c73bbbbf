#include "services/checkout/server/readiness.h"

#include <innkeeper/schema.h>

#include "services/checkout/server/log.h"

namespace checkout {
namespace {

using clock = std::chrono::steady_clock;

}  // namespace

void readiness::turn() {
  std::string trouble = has_schema_ ? "" : check_schema();
  has_schema_ = trouble.empty();
  if (trouble.empty()) trouble = store_.trouble(clock::now() + chosen_.saga.store_timeout);
  if (trouble.empty() && !was_connected_) {
    was_connected_ = true;
    log::info("Successfully connected to PostgreSQL database");
    log::info("Database connection established successfully");
  } else if (trouble != trouble_) {
    if (trouble.empty()) {
      log::info("order store available again");
    } else {
      log::error("order store unavailable: " + trouble);
    }
  }
  trouble_ = trouble;
  tell_(trouble.empty());
}

// Brings the schema up to date where this service may; else it is somebody else's, and this one only looks. Without the
// files it can't compare versions: the store then tries the tables and columns that it uses.
std::string readiness::check_schema() {
  if (chosen_.schema_files.empty()) return "";
  const bool may_migrate = !chosen_.migration_url.empty();
  innkeeper::schema_options options;
  options.url = may_migrate ? chosen_.migration_url : chosen_.database_url;
  options.service = "checkout";
  options.files = chosen_.schema_files;
  options.max_retries = 0;
  options.timeout = chosen_.saga.store_timeout;
  options.log = [](const innkeeper::log_line& line) { log::info(line.phase + ": " + line.message); };
  const auto report = may_migrate ? innkeeper::initialise_schema(options) : innkeeper::schema_status(options);
  if (report.state == innkeeper::schema_state::ready) {
    if (!report.version.empty()) log::info("the schema is at version " + report.version);
    return "";
  }
  if (!report.error.empty()) return "the schema is not what it has to be: " + report.error;
  return "the schema is not what it has to be: version " + report.version + ", and files are pending";
}

}  // namespace checkout
