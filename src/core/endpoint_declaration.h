#pragma once
// Other ways to a server than its own address, `endpoints:` of a server: a name inside of a network, a proxy, a pooler.
// A service says with `via:` which one its connection strings name. Pure data.
#include <filesystem>
#include <optional>
#include <string>

#include "core/conninfo.h"
#include "core/diagnostic.h"
#include "core/name.h"

namespace innkeeper {

enum class pool_mode { transaction, session };

// How the pooler knows the log-ins' verifiers. query: it asks the server; userlist: they are copied into its list.
enum class pooler_authentication { query, userlist };

struct pooler_declaration {
  // false: `pooler: true`, one that somebody else looks after; only its mode is known, transaction.
  bool is_ours = false;
  pool_mode mode = pool_mode::transaction;
  pooler_authentication authentication = pooler_authentication::query;
  role_name user;                   // its own log-in: looks up verifiers, and commands the pooler's console
  std::filesystem::path directory;  // absolute; where its files are kept up to date

  friend bool operator==(const pooler_declaration&, const pooler_declaration&) = default;
};

struct endpoint_declaration {
  std::string name;
  endpoint address;
  std::string sslmode;                      // empty: as the server's own
  std::filesystem::path root_certificates;  // absolute, or empty: as the server's own
  std::optional<pooler_declaration> pooler;
  location where;

  [[nodiscard]] bool pools_transactions() const { return pooler && pooler->mode == pool_mode::transaction; }
  friend bool operator==(const endpoint_declaration&, const endpoint_declaration&) = default;
};

}  // namespace innkeeper
