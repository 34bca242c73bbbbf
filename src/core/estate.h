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
#include "core/name.h"

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

struct server_declaration {
  std::string name;
  location where;
  std::optional<conninfo> url;  // absent: embedded
  embedded_declaration embedded;
  admin_declaration admin;
  std::map<std::string, declared<std::string>> settings;  // postgresql.conf's names
  wait_declaration wait;

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
enum class management_mode { enforce, adopt, observe };

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
  management_mode mode = management_mode::enforce;
  std::vector<extension_request> extensions;
  std::vector<declared<std::string>> readers;  // names of other services
  bool may_create_schemas = false;
  declared<int> connections;                              // the login's CONNECTION LIMIT
  std::map<std::string, declared<std::string>> settings;  // per login and database: timeouts, work_mem …
  std::filesystem::path schema_files;                     // absolute, or empty

  friend bool operator==(const service_declaration&, const service_declaration&) = default;
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
  std::vector<unmanaged_key> unmanaged;

  friend bool operator==(const estate&, const estate&) = default;
};

[[nodiscard]] const server_declaration& server_of(const estate& all, const service_declaration& one);
[[nodiscard]] const service_declaration* find_service(const estate& all, std::string_view name);

}  // namespace innkeeper
