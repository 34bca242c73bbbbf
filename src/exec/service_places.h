#pragma once
// The places where the services of an estate find their secrets: opened, looked at, written. What stands in them and
// what should is core's to say (place_plan.h, secret_content.h).
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/place_plan.h"
#include "exec/event.h"
#include "exec/secret_place.h"
#include "exec/secret_store.h"
#include "exec/server_access.h"

namespace innkeeper::exec {

struct opened_place {
  std::unique_ptr<secret_place> place;  // null: there is no way to it from here
  std::string problem;                  // then: why
};
[[nodiscard]] opened_place open_place(const secret_sink& sink);

// The estate's secrets directory, which reads back from the services' places what it has lost, and reads there alone
// what another manager makes. `all` is borrowed.
[[nodiscard]] secret_store store_of(const estate& all);

enum class log_in_trials {
  none,
  strange,  // those of keys that hold another password than the kept one
  every     // of the declared keys, each log-in once
};

// Every place of the services on this server. Throws nothing for what a place or a log-in answers.
[[nodiscard]] std::vector<place_look> look_at_places(const estate& all, const server_access& access,
                                                     const std::set<std::string>& services, log_in_trials trials);

// What the service connects with -> its place `shown` ("file .innkeeper/cafe.env"; empty: all of them). Keys of other
// hands stay unless `overwrites`. False where nothing differed. Throws exec::error: 75 where other hands kept changing
// it meanwhile.
bool write_places(const estate& all, const service_declaration& service, const conninfo& target, bool overwrites,
                  const std::string& shown = {});

// Takes the services' keys out of their places; other hands' stay. What can't be reached is told and left.
void clear_places(const estate& all, const std::string& server, const event_sink& tell);

// The password of a log-in as one of the service's places holds it.
[[nodiscard]] std::optional<secret> find_placed_password(const service_declaration& service, const role_name& log_in);

// "cafe-erp/cafe"
[[nodiscard]] std::string owner_of(const estate& all, const service_declaration& service);

// What the templates of a service's secrets are filled with. Passwords of brokers are looked for only where some key
// needs them.
[[nodiscard]] secret_facts facts_for(const estate& all, const service_declaration& service, const conninfo& target,
                                     const std::vector<secret_key>& keys);

}  // namespace innkeeper::exec
