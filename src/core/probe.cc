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
      {"P13", "no template holds what a service made", catalog, critical, probe_rows::things_in_templates},
      {"P14", "no service owns its database, can copy it or fill the server with its sessions", catalog, high,
       probe_rows::database_attributes},
      {"P16", "no two services share a role that is not declared", catalog, critical, probe_rows::memberships},
      {"P17", "no service is in a role pg_*", catalog, critical, probe_rows::predefined_roles},
      {"P18", "no service has an attribute that is above all rights", catalog, critical, probe_rows::role_attributes},
      {"P19", "no service can hand out rights", catalog, high, probe_rows::rights_to_hand_out},
      {"P4", "nothing of a service is given to PUBLIC or to another service", catalog, critical,
       probe_rows::object_privileges},
      {"P5", "no SECURITY DEFINER function of a service is open to others", catalog, high,
       probe_rows::definer_functions},
      {"P6", "no large object belongs or is given to another service", catalog, high, probe_rows::large_objects},
      {"P8", "no schema is open to PUBLIC or to another service", catalog, critical, probe_rows::schema_privileges},
      {"P43", "new objects are private and belong to the service", catalog, high, probe_rows::default_privileges},
      {"P44", "no session of one service is in another's database", catalog, high, probe_rows::foreign_sessions},
      {"P23", "nobody replicates a service's data or hooks into its schema changes", catalog, high,
       probe_rows::replication_of_data},
      {"P24", "no system catalog was given away", catalog, critical, probe_rows::system_catalogs},
      {"P25", "no function that reads the server's files was given away", catalog, critical,
       probe_rows::file_functions},
      {"P26", "no function that moves files was given away", catalog, critical, probe_rows::file_transfers},
      {"P27", "no service can run code as the server", catalog, critical, probe_rows::untrusted_code},
      {"P28", "no dangerous extension is installed that nothing declares", catalog, high,
       probe_rows::dangerous_extensions},
      {"P29", "no service was given a way outside by an extension", catalog, critical,
       probe_rows::extension_privileges},
      {"P30", "no foreign server lets a service through without a password", catalog, critical,
       probe_rows::user_mappings},
      {"P31", "no service can act through a superuser's function", catalog, critical, probe_rows::superusers_functions},
      {"P32", "no function that steers the server was given away", catalog, high, probe_rows::server_functions},
      {"P33", "no parameter of the server was given away", catalog, high, probe_rows::parameters_given},
      {"P36", "no setting or comment that all can read holds a secret", catalog, high, probe_rows::readable_secrets},
      {"P39", "pg_hba.conf lets nobody in without a password", catalog, critical, probe_rows::hba_rules},
      {"P40", "passwords are kept as distinct SCRAM verifiers", catalog, medium, probe_rows::passwords_kept},
      {"P42", "each log-in's temporary files are bounded", catalog, medium, probe_rows::bounded_temporary_files},
      {"P45", "the server has the fixes that isolation rests on", catalog, critical, probe_rows::server_release},
      {"P46", "no certificate ends within 30 days", catalog, medium, probe_rows::certificates_last},
      {"N1", "the server has a seat for each connection that services may open", catalog, medium,
       probe_rows::connection_seats},
      {"N3", "no session holds a large share of the server's locks", catalog, high, probe_rows::lock_table},
      {"N4", "the queue of NOTIFY has room", catalog, medium, probe_rows::notification_queue},
      {"N6", "no transaction is left open for long", catalog, medium, probe_rows::long_transactions},
      {"N9", "every database gets frozen in time", catalog, high, probe_rows::transaction_ages},
      {"N10", "no table holds up the vacuum of others", catalog, medium, probe_rows::vacuum_costs},
      {"N14", "no service may fill a tablespace that nothing declares", catalog, medium, probe_rows::tablespaces},
      {"N19", "replication slots keep no more WAL than the disk has", catalog, medium, probe_rows::kept_wal},
      {"P1", "each log-in enters its own database, as the declared role", log_in, high, nullptr,
       probe_rows::own_database},
      {"P2", "own objects can be made by whom the manifest says, used by whom it says, and nobody else", log_in, high,
       nullptr, probe_rows::own_objects},
      {"P3", "other services' databases refuse", log_in, critical, nullptr, probe_rows::other_databases},
      {"P12", "maintenance databases and undeclared ones refuse", log_in, high, nullptr,
       probe_rows::maintenance_databases},
      {"P4", "others' tables can't be read, written or locked", log_in, critical, nullptr, probe_rows::tables_beside,
       probe_rows::tables_inside},
      {"P5", "others' SECURITY DEFINER functions can't be called", log_in, critical, nullptr,
       probe_rows::functions_beside, probe_rows::functions_inside},
      {"P6", "others' large objects can't be opened, and none left there", log_in, critical, nullptr,
       probe_rows::large_objects_beside, probe_rows::large_objects_inside},
      {"P7", "others' tables and functions can't be listed", log_in, medium, nullptr, nullptr,
       probe_rows::names_inside},
      {"P8", "nothing can be created in others' schemas and databases", log_in, critical, nullptr,
       probe_rows::schemas_beside, probe_rows::schemas_inside},
      {"P9", "others' advisory locks and notifications are out of reach", log_in, medium, nullptr, nullptr,
       probe_rows::signals_inside},
      {"P13", "nothing can be planted in template1", log_in, critical, nullptr, nullptr, probe_rows::template_inside},
      {"P15", "other services' roles and the admin refuse", log_in, critical, nullptr, probe_rows::roles_to_become},
      {"P20", "no role can be made, changed or joined", log_in, critical, nullptr, probe_rows::roles_to_change},
      {"P21", "no database can be made", log_in, high, nullptr, probe_rows::server_attacks},
      {"P22", "nothing can be replicated", log_in, critical, nullptr, probe_rows::replication},
      {"P23", "no slot, no publication of all, no subscription, no event trigger can be made", log_in, high, nullptr,
       probe_rows::server_attacks},
      {"P24", "the server's secrets can't be read", log_in, critical, nullptr, probe_rows::server_attacks},
      {"P25", "the server's files can't be read or listed", log_in, critical, nullptr, probe_rows::server_attacks},
      {"P26", "no file can be read or written and no program run by COPY or large objects", log_in, critical, nullptr,
       probe_rows::server_attacks},
      {"P27", "no function can be made in C or of the server's insides", log_in, critical, nullptr,
       probe_rows::server_attacks},
      {"P28", "no extension can be created", log_in, high, nullptr, probe_rows::extensions},
      {"P30", "dblink doesn't lead back into the server", log_in, critical, nullptr, probe_rows::dblink},
      {"P32", "the server can't be configured, loaded into or made to work", log_in, high, nullptr,
       probe_rows::server_attacks},
      {"P33", "settings that protect others can't be changed", log_in, high, nullptr, probe_rows::server_attacks},
      {"P34", "what others run is hidden", log_in, medium, nullptr, probe_rows::neighbour_session},
      {"P35", "others' sessions can't be ended", log_in, high, nullptr, probe_rows::neighbour_session},
      {"P37", "its database's door and its own limits can't be changed", log_in, high, nullptr, probe_rows::own_limits},
      {"P38", "no log-in gets in without its password", log_in, critical, nullptr, probe_rows::passwords},
      {"P41", "no service keeps another one out by using up connections", disruptive, high, nullptr,
       probe_rows::every_connection},
      {"P42", "the limit of temporary files binds", disruptive, medium, nullptr, probe_rows::temporary_files},
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

}  // namespace innkeeper
