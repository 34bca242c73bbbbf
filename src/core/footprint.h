#pragma once
// What one service has on a server, whether a manifest still declares it or only our marks tell: its database and
// schema, its roles, and who shares them. Leaving (leaving.h) and the list of what is ours and not declared read it.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/estate.h"
#include "core/observed.h"

namespace innkeeper {

// A row of the registry: what Innkeeper made for this estate. Counts only while the object still has that OID.
struct registered_object {
  std::string kind;  // "role", "database"
  std::uint32_t oid = 0;
  std::string service;

  friend bool operator==(const registered_object&, const registered_object&) = default;
};

struct sharer {
  std::string service;
  bool is_retired = false;

  friend bool operator==(const sharer&, const sharer&) = default;
};

struct service_footprint {
  std::string service;
  std::string estate;  // whose mark it carries; "" of `service create`
  bool is_declared = false;
  location where;  // of a declared one
  database_name database;
  schema_name schema;  // empty: not known from the shared catalogs
  role_name access, owner, rw, ro;
  std::vector<role_name> log_ins;
  std::vector<role_name> pruned_roles;                 // marked to go: a prune was cut off
  std::vector<sharer> same_database;                   // other services, also those of the same schema
  std::vector<sharer> same_schema;                     // by table prefix
  std::map<role_name, std::vector<sharer>> shared_by;  // of the log-ins that other services use
  std::string retired_since;                           // "" in service

  [[nodiscard]] bool is_retired() const { return !retired_since.empty(); }
  friend bool operator==(const service_footprint&, const service_footprint&) = default;
};

// Of every service of the estate on this server: those declared, in the manifest's order, then those that only marks
// and registry tell, by name. What other estates and people made is in none of them.
[[nodiscard]] std::vector<service_footprint> footprints_on(const estate& all, const server_declaration& server,
                                                           const observed_server& observed,
                                                           const std::vector<registered_object>& registered = {});

// The estate as this server has it: services that its marks call retired are so (management_mode::retired).
[[nodiscard]] bool has_retired(const estate& all, const server_declaration& server, const observed_server& observed);
[[nodiscard]] estate with_retired(const estate& all, const server_declaration& server, const observed_server& observed);

}  // namespace innkeeper
