#pragma once
// Connections made of what breaks quoting: the same ones for the same seed.
#include <random>
#include <string>
#include <vector>

#include "core/conninfo.h"

namespace innkeeper::test {

class hostile_values {
 public:
  explicit hostile_values(unsigned seed) : random_{seed} {}

  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_); }
  bool coin() { return below(2) == 0; }

  std::string text() {
    static const std::vector<std::string> pieces{
        "a",  "Z9", "'",   "\"", "''", "\"\"", ";", "@",        "%",    "%41",    "%zz",    "/",
        "//", ":",  "?",   "#",  "&",  "=",    "+", "\\",       " ",    "  ",     "\t",     "\n",
        ",",  "[",  "]",   "{",  "}",  "$",    "é", "密",       "🔑",    "é",      ".",      "..",
        "~",  "|",  "://", "^",  "\r", "`",    "<", "\xc2\xa0", "\x01", "host=x", ";Port=1"};
    std::string out;
    for (std::size_t i = 1 + below(6); i > 0; --i) out += pieces[below(pieces.size())];
    return out;
  }

  endpoint server(bool may_be_socket) {
    static const std::vector<std::string> hosts{"localhost", "127.0.0.1",    "db-1.example",
                                                "::1",       "fe80::1%eth0", "2001:db8::7"};
    static const std::vector<std::string> directories{"/tmp", "/run/my pg", "/tmp/a;b='c'", "/x/é?#&%41", "/q\"uote=1"};
    const int port = static_cast<int>(1 + below(65535));
    if (may_be_socket && coin()) return {directories[below(directories.size())], port};
    return {hosts[below(hosts.size())], port};
  }

  conninfo connection(dialect as) {
    conninfo one;
    const bool one_host_only = as == dialect::go || as == dialect::node;
    const std::size_t hosts = one_host_only || coin() ? 1 : 2 + below(2);
    const bool may_be_socket = as != dialect::jdbc && !(as == dialect::dotnet && hosts > 1);
    for (std::size_t i = 0; i < hosts; ++i) one.endpoints.push_back(server(may_be_socket));
    if (hosts == 1 && coin()) one.endpoints[0].port = 0;
    if (below(8) != 0) one.user = {text()};
    if (below(8) != 0) one.database = {database(as)};
    switch (below(8)) {
      case 0:
        break;
      case 1:
        one.password = secret{""};
        break;
      default:
        one.password = secret{text()};
    }
    if (as == dialect::go || coin()) one.parameters["sslmode"] = coin() ? "verify-full" : "disable";
    if (coin()) one.parameters["sslrootcert"] = text();
    if (as == dialect::asyncpg) one.parameters.erase("sslrootcert");
    if (as != dialect::asyncpg && coin()) one.parameters["options"] = text();
    return one;
  }

 private:
  std::string database(dialect as) {
    for (;;) {
      std::string name = text();
      const bool unreadable_for_node =
          name.find_first_of("?#") != std::string::npos || name.find("./") == 0 || name.find('.') != std::string::npos;
      if (as != dialect::node || !unreadable_for_node) return name;
    }
  }

  std::mt19937 random_;
};

}  // namespace innkeeper::test
