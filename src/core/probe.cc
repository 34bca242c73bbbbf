#include "core/probe.h"

#include "core/probe_rows.h"

namespace innkeeper {

// In the order in which they run. A number stands for one question; the catalogs and a log-in may
// both answer it.
const std::vector<probe>& all_probes() {
  using enum probe_class;
  using enum gravity;
  static const std::vector<probe> table{
      {"P10", "no log-in holds a privilege on another service's database", catalog, critical,
       probe_rows::privileges_on_other_databases},
      {"P11", "no database is open to PUBLIC", catalog, critical, probe_rows::databases_open_to_public},
      {"P14", "no service owns its database, can copy it or fill the server with its sessions", catalog, high,
       probe_rows::database_attributes},
      {"P16", "no two services share a role that is not declared", catalog, critical, probe_rows::memberships},
      {"P17", "no service is in a role pg_*", catalog, critical, probe_rows::predefined_roles},
      {"P18", "no service has an attribute that is above all rights", catalog, critical, probe_rows::role_attributes},
      {"P19", "no service can hand out rights", catalog, high, probe_rows::rights_to_hand_out},
      {"P8", "no schema is open to PUBLIC or to another service", catalog, critical, probe_rows::schema_privileges},
      {"P43", "new objects are private and belong to the service", catalog, high, probe_rows::default_privileges},
      {"P44", "no session of one service is in another's database", catalog, high, probe_rows::foreign_sessions},
      {"P1", "each log-in enters its own database, as the declared role", log_in, high, nullptr,
       probe_rows::own_database},
      {"P2", "own tables can be made by whom the manifest says, and nobody else", log_in, high, nullptr,
       probe_rows::own_tables},
      {"P3", "other services' databases refuse", log_in, critical, nullptr, probe_rows::other_databases},
      {"P8", "other services' schemas in a shared database refuse", log_in, critical, nullptr,
       probe_rows::foreign_schemas},
      {"P12", "maintenance databases and undeclared ones refuse", log_in, high, nullptr,
       probe_rows::maintenance_databases},
      {"P15", "other services' roles and the admin refuse", log_in, critical, nullptr, probe_rows::foreign_roles},
      {"P38", "no log-in gets in without its password", log_in, critical, nullptr, probe_rows::wrong_password},
  };
  return table;
}

std::string_view to_string(verdict one) {
  switch (one) {
    case verdict::leak:
      return "leak";
    case verdict::failed:
      return "failed";
    case verdict::drift:
      return "drift";
    case verdict::unprovable:
      return "unprovable";
    case verdict::advice:
      return "advice";
  }
  return "";
}

std::string_view to_string(gravity one) {
  switch (one) {
    case gravity::low:
      return "low";
    case gravity::medium:
      return "medium";
    case gravity::high:
      return "high";
    case gravity::critical:
      return "critical";
  }
  return "";
}

bool is_clear_refusal(const outcome& one) {
  const std::string_view state = one.sqlstate;
  if (one.worked) return false;
  if (state == "42501" || state.starts_with("28") || state == "2F003") return true;
  // The server only warns when a REVOKE or GRANT had no effect; inside a session that is its way to refuse.
  if (one.entered) return state == "01006" || state == "01007";
  // "is not currently accepting connections": of a database that lets nobody in.
  return state == "55000";
}

}  // namespace innkeeper
