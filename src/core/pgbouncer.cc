#include "core/pgbouncer.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/desired.h"
#include "core/display.h"
#include "core/naming.h"
#include "core/pooler_lookup.h"

namespace innkeeper {
namespace {

// What a key of PgBouncer's file may hold: it has no quotes there.
bool is_sayable(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
  });
}

// A value of a [databases] line.
std::string quoted_in_line(std::string_view value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'') text += c;
    text += c;
  }
  return text + "'";
}

// A word of userlist.txt.
std::string quoted_in_list(std::string_view word) {
  std::string text = "\"";
  for (const char c : word) {
    if (c == '"') text += c;
    text += c;
  }
  return text + "\"";
}

class pgbouncer_printer {
 public:
  explicit pgbouncer_printer(const pgbouncer_wishes& wishes)
      : wishes_{wishes}, pooler_{*wishes.way.pooler}, served_{served_by(wishes.all, wishes.server, wishes.way)} {}

  pgbouncer_files run() {
    check();
    if (has_errors(files_.problems)) return std::move(files_);
    count_seats();
    files_.configuration = fmt::format(
        ";; PgBouncer for endpoint \"{}\" of server \"{}\", estate \"{}\". Made by innkeeper render pgbouncer; changes "
        "made "
        "here are lost.\n",
        wishes_.way.name, wishes_.server.name, wishes_.all.name);
    print_databases();
    print_users();
    print_program();
    print_list();
    return std::move(files_);
  }

 private:
  void refuse(const location& where, std::string message, std::string hint) {
    files_.problems.push_back({.where = where, .message = std::move(message), .hint = std::move(hint)});
  }

  void check() {
    if (served_.empty()) {
      refuse(wishes_.way.where, fmt::format("no service goes by endpoint {}", quoted_for_display(wishes_.way.name)),
             fmt::format("Say via: {} in those that should.", wishes_.way.name));
    }
    if (!is_sayable(pooler_.user.value)) {
      refuse(wishes_.way.where,
             fmt::format("PgBouncer can't take {} as its own log-in", quoted_for_display(pooler_.user.value)),
             "Choose a name of letters, digits, _, . and -.");
    }
    for (const auto* one : served_) {
      const auto& name = one->database.value.value;
      if (is_sayable(name) && name != "pgbouncer") continue;
      refuse(one->database.inferred ? one->where : one->database.where,
             fmt::format("PgBouncer can't name database {}", quoted_for_display(name)),
             "Leave out via:, or give the database a name of letters, digits, _, . and -.");
    }
    if (wishes_.to_server.endpoints.empty()) {
      refuse(wishes_.server.where, fmt::format("server {} has no address", quoted_for_display(wishes_.server.name)),
             "");
    }
  }

  // What each log-in may take, over all databases: its connection limit, less what comes directly.
  void count_seats() {
    for (const auto& one : wishes_.all.services) {
      const bool is_here = one.server == wishes_.server.name && is_managed(one);
      const bool is_served = std::ranges::any_of(
          served_, [&](const service_declaration* other) { return other->user.value == one.user.value; });
      if (is_here && is_served) seats_[one.user.value] += one.connections.value - direct_of(one);
    }
    for (auto& [role, seats] : seats_) seats = std::max(1, seats);
  }

  static int direct_of(const service_declaration& one) {
    return one.access == access_mode::owner ? direct_connections_of_owner : direct_connections;
  }

  // A database's size is that of the pool of each of its log-ins. Where nothing else bounds those, the smallest counts.
  [[nodiscard]] std::map<database_name, int> sizes_of_pools() const {
    std::map<database_name, std::map<role_name, int>> by_log_in;
    for (const auto* one : served_)
      by_log_in[one->database.value][one->user.value] += one->connections.value - direct_of(*one);
    std::map<database_name, int> sizes;
    for (const auto& [database, log_ins] : by_log_in) {
      const auto by_size = [](const auto& one, const auto& other) { return one.second < other.second; };
      const auto [least, most] = std::ranges::minmax_element(log_ins, by_size);
      sizes[database] = std::max(1, asks() ? least->second : most->second);
    }
    return sizes;
  }

  [[nodiscard]] bool asks() const { return pooler_.authentication == pooler_authentication::query; }

  void line(std::string_view name, std::string_view value) {
    files_.configuration += fmt::format("{} = {}\n", name, value);
  }

  void print_databases() {
    files_.configuration += "\n[databases]\n";
    const auto& at = wishes_.to_server.endpoints.front();
    for (const auto& [database, seats] : sizes_of_pools()) {
      const int reserve = std::min(5, seats / 5);
      std::string text = fmt::format("host={} port={}", quoted_in_line(at.host), at.port == 0 ? 5432 : at.port);
      if (asks()) text += fmt::format(" auth_user={}", pooler_.user);
      line(database.value, fmt::format("{} pool_size={} reserve_pool={}", text, seats - reserve, reserve));
    }
    if (wishes_.to_server.endpoints.size() > 1) {
      files_.notes.push_back(fmt::format(
          "PgBouncer doesn't follow a server that fails over: only {} is named; put a proxy that does in front of the "
          "hosts",
          at.host));
    }
  }

  void print_users() {
    files_.configuration += "\n[users]\n";
    if (asks()) {
      // Of a log-in that is named here, PgBouncer takes itself to know the password, and doesn't ask.
      line(pooler_.user.value, fmt::format("max_user_connections={}", pooler_connections));
      return;
    }
    for (const auto& [role, seats] : seats_) {
      for (const auto& name : {role, twin_of(role)}) {
        if (is_sayable(name.value)) line(name.value, fmt::format("max_user_connections={}", seats));
      }
      if (!is_sayable(role.value)) {
        files_.notes.push_back(fmt::format(
            "PgBouncer can't name log-in \"{}\": only the server bounds its connections over several databases", role));
      }
    }
  }

  [[nodiscard]] int clients() const {
    int sum = 20;  // the console, and who looks on
    for (const auto* one : served_) {
      sum += one->pool && one->pool->size > 0 ? one->pool->size * one->pool->replicas : 5 * one->connections.value;
    }
    return sum;
  }

  // On this machine, only for this machine.
  [[nodiscard]] std::string listens_on() const {
    const auto& host = wishes_.way.address.host;
    if (host == "localhost") return "127.0.0.1";
    return host.starts_with("127.") || host == "::1" ? host : "*";
  }

  void print_program() {
    const auto in = [&](const char* name) { return (pooler_.directory / name).string(); };
    files_.configuration += "\n[pgbouncer]\n";
    line("listen_addr", listens_on());
    line("listen_port", std::to_string(wishes_.way.address.port == 0 ? 5432 : wishes_.way.address.port));
    line("unix_socket_dir", "");
    line("auth_type", "scram-sha-256");
    line("auth_file", in("userlist.txt"));
    if (asks()) line("auth_query", lookup_query());
    line("admin_users", pooler_.user.value);
    line("pool_mode", pooler_.mode == pool_mode::transaction ? "transaction" : "session");
    // In transaction mode nothing of a session may be relied on, and resetting each backend would cost a round trip.
    line("server_reset_query", pooler_.mode == pool_mode::session ? "DISCARD ALL" : "");
    line("max_client_conn", std::to_string(clients()));
    // What drivers say at the start and a pooler can't keep: of no effect where it is left out.
    line("ignore_startup_parameters", "extra_float_digits");
    // A password that was just changed makes clients wait that long, not 15 s.
    line("server_login_retry", "1");
    print_tls(in);
  }

  template <class In>
  void print_tls(In in) {
    const auto& to = wishes_.to_server.parameters;
    if (const auto mode = to.find("sslmode"); mode != to.end()) line("server_tls_sslmode", mode->second);
    if (const auto root = to.find("sslrootcert"); root != to.end()) line("server_tls_ca_file", root->second);
    const auto& asked = wishes_.way.sslmode;
    if (asked.empty() || asked == "disable") return;
    line("client_tls_sslmode", asked == "allow" || asked == "prefer" ? asked : "require");
    line("client_tls_cert_file", in("server.crt"));
    line("client_tls_key_file", in("server.key"));
    files_.notes.push_back(
        fmt::format("clients reach PgBouncer over TLS: put a certificate for {} into \"{}\", and its "
                    "key into \"{}\"",
                    wishes_.way.address.host, in("server.crt"), in("server.key")));
  }

  void print_list() {
    std::string text =
        fmt::format("{} {}\n", quoted_in_list(pooler_.user.value), quoted_in_list(wishes_.own_password.expose()));
    for (const auto& [role, verifier] : wishes_.verifiers) {
      text += fmt::format("{} {}\n", quoted_in_list(role.value), quoted_in_list(verifier.expose()));
    }
    files_.users = secret{std::move(text)};
  }

  const pgbouncer_wishes& wishes_;
  const pooler_declaration& pooler_;
  std::vector<const service_declaration*> served_;
  std::map<role_name, int> seats_;
  pgbouncer_files files_;
};

}  // namespace

pgbouncer_files print_pgbouncer(const pgbouncer_wishes& wishes) {
  return pgbouncer_printer{wishes}.run();
}

std::vector<const service_declaration*> served_by(const estate& all, const server_declaration& server,
                                                  const endpoint_declaration& way) {
  std::vector<const service_declaration*> found;
  for (const auto& one : all.services) {
    if (one.server == server.name && one.via == way.name && is_managed(one)) found.push_back(&one);
  }
  return found;
}

}  // namespace innkeeper
