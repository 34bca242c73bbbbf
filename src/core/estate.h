#pragma once
// What a manifest declares, after defaults and inference, each item with the place that declared it. Pure data: the
// parser makes it (manifest_parser.h), desired.h derives from it what every server should hold.
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/conninfo.h"
#include "core/diagnostic.h"
#include "core/endpoint_declaration.h"
#include "core/kubernetes_use.h"
#include "core/name.h"
#include "core/rotation_declaration.h"
#include "core/secret_declaration.h"

namespace innkeeper {

// A value with its place. `inferred` says that no manifest spelled it: the place is then that of its service or server.
template <class T>
struct declared {
  T value{};
  location where;
  bool inferred = false;

  friend bool operator==(const declared&, const declared&) = default;
};

enum class password_source_kind { environment, file, kubernetes };

// `env: NAME`, `file: PATH` (relative to the manifest's folder, made absolute by the parser) or
// `kubernetes: NAMESPACE/SECRET/KEY`. Sources are asked in order; the first that is there wins.
struct password_source {
  password_source_kind kind = password_source_kind::environment;
  std::string name;
  location where;

  friend bool operator==(const password_source&, const password_source&) = default;
};

struct bootstrap_declaration {
  role_name user;
  std::vector<password_source> passwords;
  bool superuser = true;  // false: CREATEDB and CREATEROLE only
  location where;

  friend bool operator==(const bootstrap_declaration&, const bootstrap_declaration&) = default;
};

struct admin_declaration {
  declared<role_name> user;
  std::vector<password_source> passwords;  // empty on an embedded server: generated and kept beside it
  std::optional<bootstrap_declaration> bootstrap;

  friend bool operator==(const admin_declaration&, const admin_declaration&) = default;
};

struct embedded_declaration {
  std::filesystem::path data;  // absolute; where the estate's server keeps its state
  int port = 0;                // 0: chosen free once and remembered
  int major = 0;               // 0: the newest installed
  std::string encoding = "UTF8";
  std::string locale = "C.UTF-8";
  std::optional<bool> tls;  // absent: as it is

  friend bool operator==(const embedded_declaration&, const embedded_declaration&) = default;
};

// The DB_INIT_* settings (design section 5): per-attempt timeout, exponential delays, a bounded number of tries.
struct wait_declaration {
  int max_retries = 10;
  std::chrono::milliseconds initial_delay{1000};
  std::chrono::milliseconds max_delay{30000};
  std::chrono::milliseconds timeout{30000};

  friend bool operator==(const wait_declaration&, const wait_declaration&) = default;
};

// One item of `hardening:`, resolved: what the nearest of service, server and estate spells, else the default.
template <class T>
struct switchable {
  T value{};
  std::string reason;  // as the manifest gives it; an item that is on by default can't be switched off without one
  location where;      // line 0: nobody spelled it

  [[nodiscard]] bool is_spelled() const { return where.line > 0; }
  friend bool operator==(const switchable&, const switchable&) = default;
};

enum class function_access { open, closed };
enum class tls_rule { advice, require, off };
enum class hba_rule { advice, strict, off };

// What is asked of a server and its log-ins beyond the role model, docs/manifest.md says why. A service's rules are
// those of its log-ins and its database; a server's own are the last four.
struct hardening_rules {
  // Of each log-in, hard: it can't raise it. In PostgreSQL's spelling; empty: off.
  switchable<std::string> temp_file_limit{"10GB"};
  // Of each log-in, soft: it can set another. In PostgreSQL's spelling; empty: off.
  switchable<std::string> idle_in_transaction_session_timeout{"5min"};
  // May the log-ins of a database call the functions of a group (function_group.h)? closed: PUBLIC holds no EXECUTE.
  switchable<function_access> wal_messages{function_access::closed};
  switchable<function_access> advisory_locks{function_access::open};
  switchable<function_access> large_objects{function_access::open};

  switchable<bool> scram{true};             // `password_encryption`: new passwords are kept as scram-sha-256
  switchable<int> reserved_connections{3};  // seats kept free for an admin that is no superuser (16+); 0: off
  // Read by the proof only. advice: told, and no leak; require, strict: a leak where it isn't so; off: not looked at.
  switchable<tls_rule> tls{tls_rule::advice};
  switchable<hba_rule> pg_hba{hba_rule::advice};

  friend bool operator==(const hardening_rules&, const hardening_rules&) = default;
};

struct server_declaration {
  std::string name;
  location where;
  std::optional<conninfo> url;  // absent: embedded
  embedded_declaration embedded;
  admin_declaration admin;
  std::map<std::string, declared<std::string>> settings;  // postgresql.conf's names
  wait_declaration wait;
  hardening_rules hardening;
  std::vector<endpoint_declaration> endpoints;

  friend bool operator==(const server_declaration&, const server_declaration&) = default;
};

struct extension_request {
  extension_name name;
  std::string version;  // empty: the server's default
  bool optional = false;
  location where;

  friend bool operator==(const extension_request&, const extension_request&) = default;
};

enum class access_mode { owner, readwrite };
enum class starting_role { owner, self };
// How its log-ins show who they are. certificate: one with their name, and no password.
enum class authentication_kind { password, certificate };
// No manifest says `retired`: the server does (core/footprint.h).
enum class management_mode { enforce, adopt, observe, retired };

struct pool_declaration {
  int size = 0;  // connections that one replica opens at most
  int replicas = 1;
  location where;

  friend bool operator==(const pool_declaration&, const pool_declaration&) = default;
};

// How schema files are read and run.
struct migration_declaration {
  std::string format;  // whose layout they have; empty: detected
  std::chrono::milliseconds lock_timeout{2000};
  std::chrono::milliseconds statement_timeout{0};  // 0: none
  int retries = 10;                                // after a first try that could not have its lock
  bool out_of_order = false;
  bool starts_degraded = false;  // `init -- app` starts the application even where its schema isn't ready

  friend bool operator==(const migration_declaration&, const migration_declaration&) = default;
};

enum class broker_kind { redis, rabbitmq };

struct broker_address {
  broker_kind kind = broker_kind::redis;
  std::string host;  // IPv6 without brackets
  int port = 0;
  bool is_tls = false;

  friend bool operator==(const broker_address&, const broker_address&) = default;
};

// `redis:` or `rabbitmq:` of the manifest: who starts may wait for it, and secrets name it. Nothing in it is made or
// changed yet.
struct broker_declaration {
  broker_address address;
  std::string user;  // empty: none is said
  std::vector<password_source> passwords;
  location where;

  friend bool operator==(const broker_declaration&, const broker_declaration&) = default;
};

struct service_declaration {
  std::string name;
  location where;
  std::string app;
  std::string server;  // the name of one of the estate's servers
  declared<database_name> database;
  declared<schema_name> schema;
  declared<std::string> prefix;  // not empty: shares its schema with others by table prefix
  declared<role_name> user;
  access_mode access = access_mode::owner;
  starting_role starts_as = starting_role::owner;
  authentication_kind authentication = authentication_kind::password;
  management_mode mode = management_mode::enforce;
  std::vector<extension_request> extensions;
  std::vector<declared<std::string>> readers;  // names of other services
  bool may_create_schemas = false;
  declared<int> connections;                              // the login's CONNECTION LIMIT
  std::map<std::string, declared<std::string>> settings;  // per login and database: timeouts, work_mem …
  std::filesystem::path schema_files;                     // absolute, or empty
  migration_declaration migrations;
  std::optional<pool_declaration> pool;
  bool uses_redis = false;
  bool uses_rabbitmq = false;
  std::optional<int> redis_db;
  std::string rabbitmq_vhost = "/";
  std::vector<secret_sink> secrets;
  secret_manager managed_by = secret_manager::innkeeper;
  hardening_rules hardening;
  rotation_declaration rotation;
  std::string via;  // the endpoint of its server that connection strings name; empty: the server itself

  friend bool operator==(const service_declaration&, const service_declaration&) = default;
};

// A finding of the proof that people know of and live with until a day, that one included.
struct accepted_finding {
  std::string probe;                 // "P39", or "drift"
  std::vector<std::string> targets;  // names that it has to be about: log-ins, databases
  std::string service;               // empty: any
  std::string server;                // empty: any
  std::string reason;
  std::chrono::year_month_day until;
  location where;

  friend bool operator==(const accepted_finding&, const accepted_finding&) = default;
};

// A key that is parsed and valid, but whose feature this version does not have.
struct unmanaged_key {
  std::string path;  // "services.cafe.redis"
  location where;

  friend bool operator==(const unmanaged_key&, const unmanaged_key&) = default;
};

struct estate {
  std::string name;
  location where;
  std::filesystem::path directory;            // absolute, of the manifest
  std::vector<server_declaration> servers;    // in the manifest's order
  std::vector<service_declaration> services;  // in the manifest's order, included files after their including one
  std::filesystem::path secrets_directory;    // absolute
  std::optional<broker_declaration> redis;
  std::optional<broker_declaration> rabbitmq;
  std::vector<accepted_finding> accepted;
  std::vector<kubernetes_use> kubernetes_uses;
  std::vector<unmanaged_key> unmanaged;

  friend bool operator==(const estate&, const estate&) = default;
};

// Whether Innkeeper makes and mends it; what it only watches, or has retired, is left as it is.
[[nodiscard]] bool is_managed(const service_declaration& one);
[[nodiscard]] const server_declaration& server_of(const estate& all, const service_declaration& one);
[[nodiscard]] const service_declaration* find_service(const estate& all, std::string_view name);
// Of `via:`; nullptr: the server itself.
[[nodiscard]] const endpoint_declaration* endpoint_of(const server_declaration& server, const service_declaration& one);
// The log-ins of a server that show a certificate, each once, and their twins: since a rotation, one may be in use.
[[nodiscard]] std::vector<role_name> log_ins_by_certificate(const estate& all, std::string_view server);

}  // namespace innkeeper
