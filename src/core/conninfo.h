#pragma once
// A connection string, apart from any dialect's spelling, and the dialects in which it is read and written. Each
// dialect is one conninfo_<dialect>.cc and one row of all_dialects(); docs/connection-strings.md is the manual.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/name.h"
#include "core/secret.h"

namespace innkeeper {

// A host name, an address (IPv6 without brackets), or the absolute path of a unix socket's directory; port 0: default.
struct endpoint {
  std::string host;
  int port = 0;

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

struct conninfo {
  std::vector<endpoint> endpoints;  // empty: libpq's default
  role_name user;
  database_name database;
  std::optional<secret> password;                 // absent is not empty
  std::map<std::string, std::string> parameters;  // libpq's names: sslmode, target_session_attrs, application_name …
  // A pooler gives each transaction another backend: drivers are told not to prepare statements there. Printed where a
  // dialect has a word for it, never read.
  bool pools_transactions = false;

  friend bool operator==(const conninfo&, const conninfo&) = default;
};

enum class dialect { uri, keyword, dotnet, jdbc, sqlalchemy, asyncpg, go, node };

struct parsed_conninfo {
  std::optional<conninfo> value;
  dialect spoken = dialect::uri;     // what its shape says; go and node look like uri
  std::vector<std::string> ignored;  // a driver's own settings, which say nothing of where and who: "Pooling"
  std::string problem;               // what and where; never echoes a value, since any of them may be a password
};

struct printed_conninfo {
  std::optional<secret> text;         // holds the password, if there is one
  std::vector<std::string> left_out;  // fine-tuning that this driver has no word for: "keepalives"
  std::string problem;                // what this dialect cannot say, and which must not be left out
};

struct dialect_entry {
  dialect value;
  std::string_view name;
};

// Every dialect, recognised by its shape.
[[nodiscard]] parsed_conninfo parse_conninfo(std::string_view text);
[[nodiscard]] printed_conninfo print_conninfo(const conninfo& one, dialect as);

[[nodiscard]] const std::vector<dialect_entry>& all_dialects();
[[nodiscard]] std::optional<dialect> dialect_named(std::string_view name);
[[nodiscard]] std::string_view to_string(dialect one);

}  // namespace innkeeper
