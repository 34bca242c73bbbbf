#pragma once
// What the environment says. Pure: the environment is passed in.
#include <map>
#include <optional>
#include <string>
#include <variant>

#include "services/checkout/peers/peers.h"

namespace checkout {

struct saga_times {
  std::chrono::milliseconds duplicate_wait{10'000};  // for another call with the same order, or of the same user
  std::chrono::milliseconds store_timeout{5'000};    // of one question to the store
  std::chrono::milliseconds store_retry{30'000};     // after the charge
  std::chrono::milliseconds replay_window{60'000};   // 0: off
  std::chrono::milliseconds recovery_interval{5'000};
  std::chrono::milliseconds health_interval{1'000};
  std::chrono::milliseconds shutdown{25'000};
  // Of the store; they are its own (store/postgres_store.h).
  std::chrono::milliseconds lease{60'000};
  std::chrono::milliseconds retry{1'000};
  std::chrono::milliseconds retry_most{900'000};
  std::chrono::milliseconds ship_give_up{24LL * 3600 * 1000};
};

struct settings {
  int port = 5050;
  peer_addresses addresses;
  peer_times times;
  saga_times saga;
  std::string database_url;   // empty: none
  std::string migration_url;  // empty: the schema is somebody else's to change
  std::string schema_files;   // for migration_url
  bool is_traced = false;
  bool is_profiled = false;
  bool has_reflection = false;
  int metrics_port = 0;  // 0: none
  int workers = 64;      // orders at once
  int store_lanes = 2;
};

using environment = std::map<std::string, std::string>;

// Or what is wrong with it, for the log.
[[nodiscard]] std::variant<settings, std::string> read_settings(const environment& from);

}  // namespace checkout
