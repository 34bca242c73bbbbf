#pragma once
// A declared place and what a service connects with -> what stands under each key, and back: the log-in that a place
// holds. Pure; whoever calls it has found passwords, certificates and addresses.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/conninfo.h"
#include "core/estate.h"
#include "core/placed_secret.h"
#include "core/secret_declaration.h"

namespace innkeeper {

struct redis_facts {
  broker_address address;
  std::string user;
  std::optional<secret> password;
  std::string password_problem;  // why a declared one is not here
  int db = 0;
};

struct rabbitmq_facts {
  broker_address address;
  std::string user;
  std::optional<secret> password;
  std::string password_problem;
  std::string vhost;
};

struct secret_facts {
  conninfo target;  // with the password; sslrootcert is where we find the certificate authority
  std::optional<secret> verifier;
  schema_name schema;
  std::string ca;          // the certificate itself, where target names its file
  std::string ca_problem;  // why it is not here
  std::optional<redis_facts> redis;
  std::optional<rabbitmq_facts> rabbitmq;
};

struct content_problem {
  std::string key;
  std::string text;  // "pgJDBC cannot reach a unix socket …"
  location where;

  friend bool operator==(const content_problem&, const content_problem&) = default;
};

struct secret_content {
  std::map<std::string, secret> values;
  std::vector<content_problem> problems;  // of keys that have no value because of them
};

[[nodiscard]] secret_content content_of(const secret_sink& sink, const secret_facts& facts);

// The text of one template, or why it can't be said.
struct rendered_template {
  std::optional<secret> text;
  std::string problem;
};
[[nodiscard]] rendered_template render(const secret_template& one, const secret_facts& facts);

// What a key of a place says about a log-in.
struct placed_log_in {
  std::string key;
  role_name user;  // empty: it doesn't say
  secret password;
  database_name database;           // empty: it doesn't say
  std::vector<endpoint> endpoints;  // empty: it doesn't say
};

// Every log-in with a password that the place holds, that of the declared keys first; then of any key that holds a
// connection string.
[[nodiscard]] std::vector<placed_log_in> log_ins_in(const placed_values& values, const secret_sink& sink);

// Are both the same connection, however written? Of addresses, too; Kubernetes' long and short names are one.
[[nodiscard]] bool says_the_same(const secret& one, const secret& other);

}  // namespace innkeeper
