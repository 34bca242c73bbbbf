#pragma once
// A service's start, up to where its application begins: its server takes queries, its schema is up to date, its Redis
// and RabbitMQ answer. In this order, since nothing of the database waits for a broker.
#include <functional>
#include <string>
#include <vector>

#include "core/broker.h"
#include "exec/error.h"
#include "exec/migrate.h"
#include "exec/start_log.h"

namespace innkeeper::exec {

struct service_start {
  std::string service;
  // Called once the first lines are told; what it throws (exec::error) is the database's failure. A target without a
  // directory has no schema files: then its server is waited for, and that is all.
  std::function<migration_target()> find_target;
  migrate_options how;
  std::vector<broker_address> brokers;
  wait_declaration wait;          // of the brokers; the server's is in the target
  bool goes_on_degraded = false;  // a failure is a warning, and what follows is still done
  bool announces_start = true;    // the lines at the begin and the end, which speak of the service as a whole
  bool has_details = false;       // tells what the server notices
  std::function<void(std::chrono::milliseconds)> sleep;  // between attempts at a broker; absent: really
};

struct waited_for_broker {
  std::string phase;  // "redis", "rabbitmq"
  std::chrono::milliseconds duration{0};
  bool is_ready = true;
};

struct start_report {
  migrate_report schema;  // of the database; nothing in it where its target was not found
  std::string error;      // of the first failure, with detail and hint on lines of their own; "": none
  exit_code code = exit_code::ok;
  bool has_schema = true;                  // false: there are no schema files, only a server to wait for
  std::vector<waited_for_broker> brokers;  // as far as it came
  int attempts = 0;                        // at the database server
  std::chrono::milliseconds duration{0};
};

[[nodiscard]] start_report start_service(const service_start& what, const start_log& log);

// "supplier_onboarding" -> "Supplier Onboarding"; a last word "service" is left out, since the lines say it.
[[nodiscard]] std::string service_title(std::string_view name);

// What keeps a schema from being ready, as one text; "" where nothing does.
[[nodiscard]] std::string failure_text(const migrate_report& report);
[[nodiscard]] std::string failure_text(const error& failed);

}  // namespace innkeeper::exec
