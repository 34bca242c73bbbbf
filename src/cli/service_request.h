#pragma once
// `service create`: variables and options -> an estate of one service, without a name. Pure.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "core/conninfo.h"
#include "core/diagnostic.h"
#include "core/estate.h"
#include "core/manifest_environment.h"

namespace innkeeper::cli {

struct service_request {
  bool is_wanted = true;           // SETUP_DATABASES and DB_TYPES ask for a PostgreSQL database
  std::string reason;              // why not
  std::vector<std::string> notes;  // what was asked for and is not done
  std::optional<conninfo> url;     // where the server is; absent: an estate's
  std::string admin_user;          // empty: not given
  bool has_redis = false;          // DB_TYPES asks for the address of Redis, too
  estate value;                    // its server has neither url nor secrets directory yet
  diagnostics problems;
};

// What the estates' clients look for: CAFE_POSTGRES_URL, and CAFE_REDIS_ADDR.
[[nodiscard]] std::vector<secret_key> keys_for(const service_request& request);

[[nodiscard]] std::vector<option> service_option_rows();
[[nodiscard]] service_request read_service_request(const arguments& given, const environment_lookup& values);

}  // namespace innkeeper::cli
