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
  std::unique_ptr<secret_place> place;
  std::string why_not;  // with no place: it can't be had from here
  std::string problem;  // with no place: it should be had, and can't be
};

// Reads nothing yet. A Kubernetes Secret is out of reach where no cluster is configured, and for the services of an
// embedded server, which is this machine's own, whatever cluster a kubeconfig here may mean.
[[nodiscard]] opened_place open_place(const estate& all, const service_declaration& service, const secret_sink& sink);

// The estate's secrets directory, which reads back from the services' places what it has lost, and reads there alone
// what another manager makes. Looks at every service once: make one for many log-ins. `all` is borrowed.
[[nodiscard]] secret_store store_of(const estate& all);

enum class log_in_trials {
  none,
  strange,  // those of keys that hold another password than the kept one
  every     // of the declared keys, each log-in once
};

// Every place of these services on this server; none named: of all. `store` is store_of(all), which looks at all of
// them: whoever looks often keeps it. Throws nothing for what a place or a log-in answers.
[[nodiscard]] std::vector<place_look> look_at_places(const estate& all, const secret_store& store,
                                                     const server_access& access, const std::set<std::string>& services,
                                                     log_in_trials trials, const log_in_pairs& pairs = {});

// What the service connects with -> its place `shown` ("file .innkeeper/cafe.env"; empty: all of them). Keys of other
// hands stay unless `overwrites`. False where nothing differed. Throws exec::error: 75 where other hands kept changing
// it meanwhile.
bool write_places(const estate& all, const secret_store& store, const service_declaration& service,
                  const conninfo& target, bool overwrites, const std::string& shown = {});

// Takes the services' keys out of their places; other hands' stay. What can't be written is told and left. With
// `of_service` those of this one alone, also where it is retired.
void clear_places(const estate& all, const std::string& server, const event_sink& tell,
                  const std::string& of_service = {});

// "cafe-erp/cafe"
[[nodiscard]] std::string owner_of(const estate& all, const service_declaration& service);

// What the templates of a service's secrets are filled with. Passwords of brokers are looked for only where some key
// needs them. `store` is store_of(all).
[[nodiscard]] secret_facts facts_for(const estate& all, const secret_store& store, const service_declaration& service,
                                     const conninfo& target, const std::vector<secret_key>& keys);

}  // namespace innkeeper::exec
