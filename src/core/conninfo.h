#pragma once
// A connection string, apart from any dialect's spelling. Printing and parsing of every dialect live in conninfo.cc.
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

  friend bool operator==(const conninfo&, const conninfo&) = default;
};

enum class dialect { uri, keyword, dotnet, jdbc, sqlalchemy, asyncpg, go, node };

}  // namespace innkeeper
