#include <fmt/format.h>

#include <array>

#include "core/probe_rows.h"

// Attacks on the server that are the same for every log-in, in every database of its own. Most would change nothing if
// they were let: what they aim at is not there, so the right is all that is missing or not; "WHERE false" calls no
// function, but the server asks for the right to call it.
namespace innkeeper::probe_rows {
namespace {

struct attack {
  std::string_view probe;
  std::string_view aim;
  std::string_view statement;
  std::vector<std::string_view> allowed;
  std::vector<std::string_view> absent;
  bool outside_transaction = false;
};

constexpr std::string_view wrong_value = "22023";
constexpr std::string_view no_such_database = "3D000";
constexpr std::string_view no_such_function = "42883";
constexpr std::string_view no_such_object = "42704";
constexpr std::string_view no_such_table = "42P01";
constexpr std::string_view no_such_file = "58P01";
constexpr std::string_view duplicate = "42710";
constexpr std::string_view not_ready = "55000";
constexpr std::string_view too_many = "53400";

const std::vector<attack>& attacks() {
  static const std::vector<attack> table{
      {"P20", "create a role", "CREATE ROLE \"innkeeper_probe\""},
      {"P21",
       "create a database",
       "CREATE DATABASE \"innkeeper_probe\" TEMPLATE \"innkeeper_absent\"",
       {no_such_database},
       {},
       true},
      {"P23",
       "create a replication slot",
       "SELECT pg_catalog.pg_create_physical_replication_slot('innkeeper_probe', false, true)",
       {duplicate, not_ready, too_many},
       {}},
      {"P23", "publish every table", "CREATE PUBLICATION \"innkeeper_probe\" FOR ALL TABLES", {}, {}},
      {"P23",
       "subscribe to another server",
       "CREATE SUBSCRIPTION \"innkeeper_probe\" CONNECTION 'dbname=innkeeper_absent password=none' PUBLICATION "
       "\"innkeeper_absent\" WITH (connect = false, slot_name = NONE)",
       {},
       {}},
      {"P23",
       "create an event trigger",
       "CREATE EVENT TRIGGER \"innkeeper_probe\" ON ddl_command_end EXECUTE FUNCTION pg_catalog.innkeeper_absent()",
       {no_such_function},
       {}},
      {"P24", "read every role's verifier (pg_authid)", "SELECT rolpassword FROM pg_catalog.pg_authid LIMIT 0"},
      {"P24", "read every log-in's verifier (pg_shadow)", "SELECT passwd FROM pg_catalog.pg_shadow LIMIT 0"},
      {"P24", "read pg_hba.conf (pg_hba_file_rules)", "SELECT auth_method FROM pg_catalog.pg_hba_file_rules LIMIT 0"},
      {"P24", "read the configuration files (pg_file_settings)",
       "SELECT setting FROM pg_catalog.pg_file_settings LIMIT 0"},
      {"P24", "read passwords of user mappings (pg_user_mapping)",
       "SELECT umoptions FROM pg_catalog.pg_user_mapping LIMIT 0"},
      {"P24", "read passwords of subscriptions (subconninfo)",
       "SELECT subconninfo FROM pg_catalog.pg_subscription LIMIT 0"},
      {"P24", "read every large object (pg_largeobject)", "SELECT data FROM pg_catalog.pg_largeobject LIMIT 0"},
      {"P24", "read samples of every table's values (pg_statistic)",
       "SELECT stavalues1 FROM pg_catalog.pg_statistic LIMIT 0"},
      {"P25", "read the server's files (pg_read_file)", "SELECT pg_catalog.pg_read_file('PG_VERSION')"},
      {"P25", "read parts of the server's files (pg_read_file)",
       "SELECT pg_catalog.pg_read_file('PG_VERSION', 0::bigint, 1::bigint)"},
      {"P25", "read the server's files, if there (pg_read_file)",
       "SELECT pg_catalog.pg_read_file('PG_VERSION', 0::bigint, 1::bigint, true)"},
      {"P25", "read the server's files as bytes (pg_read_binary_file)",
       "SELECT pg_catalog.pg_read_binary_file('PG_VERSION')"},
      {"P25", "read parts of the server's files as bytes (pg_read_binary_file)",
       "SELECT pg_catalog.pg_read_binary_file('PG_VERSION', 0::bigint, 1::bigint)"},
      {"P25", "read the server's files as bytes, if there (pg_read_binary_file)",
       "SELECT pg_catalog.pg_read_binary_file('PG_VERSION', 0::bigint, 1::bigint, true)"},
      {"P25", "list the server's folders (pg_ls_dir)", "SELECT pg_catalog.pg_ls_dir('.') LIMIT 1"},
      {"P25", "list the server's folders, if there (pg_ls_dir)",
       "SELECT pg_catalog.pg_ls_dir('.', true, false) LIMIT 1"},
      {"P25", "look at the server's files (pg_stat_file)", "SELECT pg_catalog.pg_stat_file('PG_VERSION')"},
      {"P25", "look at the server's files, if there (pg_stat_file)",
       "SELECT pg_catalog.pg_stat_file('PG_VERSION', true)"},
      {"P25", "list the server's logs (pg_ls_logdir)", "SELECT pg_catalog.pg_ls_logdir() LIMIT 1", {no_such_file}, {}},
      {"P25", "list the write-ahead log (pg_ls_waldir)", "SELECT pg_catalog.pg_ls_waldir() LIMIT 1"},
      {"P25", "list temporary files (pg_ls_tmpdir)", "SELECT pg_catalog.pg_ls_tmpdir() LIMIT 1"},
      {"P26", "write the server's files (COPY TO)", "COPY (SELECT 1) TO '/innkeeper-absent/probe'", {no_such_file}, {}},
      {"P26",
       "read the server's files (COPY FROM)",
       "COPY pg_catalog.innkeeper_absent FROM '/innkeeper-absent/probe'",
       {no_such_table},
       {}},
      {"P26",
       "run programs on the server (COPY TO PROGRAM)",
       "COPY pg_catalog.innkeeper_absent TO PROGRAM 'true'",
       {no_such_table},
       {}},
      {"P26",
       "run programs on the server (COPY FROM PROGRAM)",
       "COPY pg_catalog.innkeeper_absent FROM PROGRAM 'true'",
       {no_such_table},
       {}},
      {"P26",
       "read the server's files (lo_import)",
       "SELECT pg_catalog.lo_import('/innkeeper-absent/probe')",
       {no_such_file},
       {}},
      {"P26",
       "write the server's files (lo_export)",
       "SELECT pg_catalog.lo_export(1::oid, '/innkeeper-absent/probe')",
       {no_such_file, no_such_object},
       {}},
      {"P27",
       "create a function in C",
       "CREATE FUNCTION pg_temp.innkeeper_probe() RETURNS pg_catalog.int4 LANGUAGE c AS '$libdir/innkeeper_absent', "
       "'probe'",
       {no_such_file},
       {}},
      {"P27",
       "create an internal function",
       "CREATE FUNCTION pg_temp.innkeeper_probe() RETURNS pg_catalog.int4 LANGUAGE internal AS 'pg_backend_pid'",
       {},
       {}},
      {"P32",
       "change the server's settings (ALTER SYSTEM)",
       "ALTER SYSTEM SET log_statement = 'innkeeper_absent'",
       {wrong_value},
       {},
       true},
      {"P32",
       "change the server's settings (ALTER SYSTEM RESET)",
       "ALTER SYSTEM RESET innkeeper_absent",
       {no_such_object},
       {},
       true},
      {"P32", "load a library (LOAD)", "LOAD '$libdir/innkeeper_absent'", {no_such_file}, {}},
      {"P32", "force a checkpoint (CHECKPOINT)", "CHECKPOINT"},
      {"P32", "reload the configuration (pg_reload_conf)", "SELECT pg_catalog.pg_reload_conf() WHERE false"},
      {"P32", "switch the write-ahead log (pg_switch_wal)", "SELECT pg_catalog.pg_switch_wal() WHERE false"},
      {"P32", "rotate the log (pg_rotate_logfile)", "SELECT pg_catalog.pg_rotate_logfile() WHERE false"},
      {"P32", "name a restore point (pg_create_restore_point)",
       "SELECT pg_catalog.pg_create_restore_point('innkeeper_probe') WHERE false"},
      {"P32", "promote a standby (pg_promote)", "SELECT pg_catalog.pg_promote() WHERE false"},
      {"P32", "reset the counters of others (pg_stat_reset_shared)",
       "SELECT pg_catalog.pg_stat_reset_shared('bgwriter') WHERE false"},
      {"P33", "switch the audit off (log_statement)", "SET LOCAL log_statement = 'none'"},
      {"P33", "switch the audit of errors off (log_min_error_statement)", "SET LOCAL log_min_error_statement = panic"},
      {"P33", "lift its limit of temporary files (temp_file_limit)", "SET LOCAL temp_file_limit = -1"},
      {"P33", "switch triggers off (session_replication_role)", "SET LOCAL session_replication_role = replica"},
      {"P33", "load libraries at its start (session_preload_libraries)",
       "ALTER ROLE CURRENT_USER SET session_preload_libraries = 'innkeeper_absent'"},
      {"P33", "read large objects of others (lo_compat_privileges)", "SET LOCAL lo_compat_privileges = on"},
      {"P33", "change system tables (allow_system_table_mods)", "SET LOCAL allow_system_table_mods = on"},
      {"P33", "load libraries from elsewhere (dynamic_library_path)", "SET LOCAL dynamic_library_path = '$libdir'"},
  };
  return table;
}

}  // namespace

attempts server_attacks(const proof_facts&, const log_in_facts& one, const probe& self, const attempt_scope&) {
  attempts all;
  for (const auto& database : one.own) {
    for (const auto& each : attacks()) {
      if (each.probe != self.id) continue;
      auto made = new_attempt(self, one, database);
      made.statements = {std::string{each.statement}};
      made.under_each_identity = true;
      made.outside_transaction = each.outside_transaction;
      made.allowed = each.allowed;
      made.absent = each.absent;
      made.aim = each.aim;
      all.push_back(std::move(made));
    }
  }
  return all;
}

}  // namespace innkeeper::probe_rows
