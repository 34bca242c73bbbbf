#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/probe_rows.h"
#include "core/sql.h"

namespace innkeeper::probe_rows {
namespace {

attempt from_own_session(const probe& self, const log_in_facts& one, const database_name& database, std::string aim,
                         std::string statement) {
  auto result = new_attempt(self, one, database);
  result.aim = std::move(aim);
  result.statements = {std::move(statement)};
  return result;
}

// The roles of these databases that a log-in must not become, where they exist.
class foreign_roles {
 public:
  foreign_roles(const proof_facts& facts, const log_in_facts& one) : facts_{facts}, one_{one} {}

  void add(const role_name& role) {
    if (role.empty() || one_.declared.contains(role) || facts_.role(role) == nullptr) return;
    if (std::ranges::find(all_, role) == all_.end()) all_.push_back(role);
  }

  void add_groups_of(const database_name& database) {
    const auto* declared = facts_.declared_database(database);
    if (declared == nullptr) return;
    for (const auto& grants : declared->object_grants) {
      for (const auto& role : {grants.owner, grants.rw, grants.ro}) add(role);
    }
    add(declared->access);
  }

  [[nodiscard]] std::vector<role_name> done() && { return std::move(all_); }

 private:
  const proof_facts& facts_;
  const log_in_facts& one_;
  std::vector<role_name> all_;
};

// Is CREATE on this database declared for it? Then trusted extensions are its own to make.
bool may_create_in(const proof_facts& facts, const log_in_facts& one, const database_name& database) {
  return std::ranges::any_of(facts.all().services, [&](const service_declaration& service) {
    return service.may_create_schemas && service.database.value == database &&
           std::ranges::find(one.services, service.name) != one.services.end();
  });
}

const observed_extension* installed(const proof_facts& facts, const database_name& database, std::string_view name) {
  const auto* found = facts.database(database);
  if (found == nullptr || !found->contents) return nullptr;
  const auto& all = found->contents->extensions;
  const auto at = std::ranges::find_if(all, [&](const auto& one) { return one.name.value == name; });
  return at == all.end() ? nullptr : &*at;
}

std::string parameter(const proof_facts& facts, std::string_view name) {
  const auto& all = facts.observed().parameters_of_server;
  const auto at = std::ranges::find(all, name, &observed_parameter::name);
  return at == all.end() ? std::string{} : at->value;
}

}  // namespace

attempts roles_to_become(const proof_facts& facts, const log_in_facts& one, const probe& self,
                         const attempt_scope& scope) {
  foreign_roles targets{facts, one};
  targets.add(facts.observed().can.admin);
  // Its own database's owner, which a readwrite log-in must not become; then the neighbours'.
  for (const auto& database : one.own) {
    std::size_t neighbours = 0;
    for (const auto& grants : rotated(facts.declared_database(database)->object_grants, one.index)) {
      const bool is_ours = one.declared.contains(grants.rw) || one.declared.contains(grants.ro);
      if (is_ours) targets.add(grants.owner);
      if (is_ours || neighbours++ >= scope.victims) continue;
      for (const auto& role : {grants.owner, grants.rw, grants.ro}) targets.add(role);
    }
  }
  for (const auto& victim : facts.victims_of(one, scope.victims)) targets.add_groups_of(victim);
  for (const auto* other : facts.strangers_to(one, scope.victims)) targets.add(other->log_in);
  attempts all;
  const auto add = [&](const role_name& role, std::string aim, std::string statement) {
    all.push_back(from_own_session(self, one, one.own.front(), std::move(aim), std::move(statement)));
    all.back().statement = facts.parting_statement(one, role);
  };
  // Both ask about the log-in, whatever it became since.
  for (const auto& role : std::move(targets).done()) {
    add(role, fmt::format("become role \"{}\"", role), fmt::format("SET LOCAL ROLE {}", quoted(role)));
    if (!facts.role(role)->can_login) continue;
    add(role, fmt::format("become log-in \"{}\"", role),
        fmt::format("SET LOCAL SESSION AUTHORIZATION {}", quoted(role)));
  }
  return all;
}

attempts roles_to_change(const proof_facts& facts, const log_in_facts& one, const probe& self,
                         const attempt_scope& scope) {
  attempts all = server_attacks(facts, one, self, scope);
  const auto& database = one.own.front();
  const auto add = [&](std::string aim, std::string statement) {
    all.push_back(from_own_session(self, one, database, std::move(aim), std::move(statement)));
    all.back().under_each_identity = true;
  };
  std::vector<role_name> victims{facts.observed().can.admin};
  for (const auto* other : facts.strangers_to(one, scope.victims)) victims.push_back(other->log_in);
  for (const auto& victim : victims) {
    const auto role = quoted(victim);
    add(fmt::format("change the password of \"{}\"", victim), fmt::format("ALTER ROLE {} PASSWORD NULL", role));
    add(fmt::format("change the settings of \"{}\"", victim), fmt::format("ALTER ROLE {} SET work_mem = '1MB'", role));
    add(fmt::format("rename \"{}\"", victim), fmt::format("ALTER ROLE {} RENAME TO \"innkeeper_probe\"", role));
    all.back().absent = {"0A000"};  // nobody renames whom he is just now
    add(fmt::format("join \"{}\"", victim), fmt::format("GRANT {} TO {}", role, quoted(one.name)));
  }
  for (const auto& victim : facts.victims_of(one, scope.victims)) {
    const auto* declared = facts.declared_database(victim);
    if (declared == nullptr || declared->object_grants.empty()) continue;
    const auto& owner = declared->object_grants.front().owner;
    if (one.declared.contains(owner) || facts.role(owner) == nullptr) continue;
    add(fmt::format("join \"{}\"", owner), fmt::format("GRANT {} TO {}", quoted(owner), quoted(one.name)));
  }
  return all;
}

attempts own_limits(const proof_facts& facts, const log_in_facts& one, const probe& self, const attempt_scope&) {
  attempts all;
  for (const auto& database : one.own) {
    const auto name = quoted(database);
    const auto close = fmt::format("ALTER DATABASE {} OWNER TO {};", name, quoted(facts.observed().can.admin));
    for (const auto& [aim, statement] : std::vector<std::pair<std::string, std::string>>{
             {"open database \"{}\" to everybody", "GRANT CONNECT ON DATABASE {} TO PUBLIC"},
             {"lift the connection limit of database \"{}\"", "ALTER DATABASE {} CONNECTION LIMIT -1"},
             {"make a template of database \"{}\"", "ALTER DATABASE {} IS_TEMPLATE true"},
             {"change the settings of database \"{}\"", "ALTER DATABASE {} SET work_mem = '1MB'"},
             {"take database \"{}\" over", "ALTER DATABASE {} OWNER TO CURRENT_USER"}}) {
      auto made = from_own_session(self, one, database, fmt::format(fmt::runtime(aim), database),
                                   fmt::format(fmt::runtime(statement), name));
      made.under_each_identity = true;
      made.statement = close;
      all.push_back(std::move(made));
    }
  }
  const auto role = quoted(one.name);
  for (const auto& [aim, attribute] : std::array<std::pair<std::string_view, std::string_view>, 7>{
           {{"lift its own connection limit", "CONNECTION LIMIT -1"},
            {"prolong its own password", "VALID UNTIL 'infinity'"},
            {"make itself a superuser", "SUPERUSER"},
            {"make itself a maker of roles", "CREATEROLE"},
            {"make itself a maker of databases", "CREATEDB"},
            {"let itself replicate", "REPLICATION"},
            {"let itself pass row security", "BYPASSRLS"}}}) {
    auto made = from_own_session(self, one, one.own.front(), std::string{aim},
                                 fmt::format("ALTER ROLE {} {}", role, attribute));
    made.under_each_identity = true;
    all.push_back(std::move(made));
  }
  return all;
}

// Untrusted ones reach the network, files and programs; trusted ones run their scripts as superuser for whoever may
// CREATE in the database.
attempts extensions(const proof_facts& facts, const log_in_facts& one, const probe& self, const attempt_scope&) {
  struct candidate {
    std::string_view name;
    bool is_trusted;
  };
  constexpr std::array<candidate, 10> candidates{{{"dblink", false},
                                                  {"postgres_fdw", false},
                                                  {"file_fdw", false},
                                                  {"plpython3u", false},
                                                  {"plperlu", false},
                                                  {"pltclu", false},
                                                  {"adminpack", false},
                                                  {"pageinspect", false},
                                                  {"hstore", true},
                                                  {"citext", true}}};
  attempts all;
  for (const auto& database : one.own) {
    for (const auto& each : candidates) {
      if (installed(facts, database, each.name) != nullptr) continue;
      if (each.is_trusted && may_create_in(facts, one, database)) continue;
      auto made = from_own_session(self, one, database,
                                   fmt::format("create extension \"{}\" in database \"{}\"", each.name, database),
                                   fmt::format("CREATE EXTENSION {}", quote_identifier(each.name)));
      made.under_each_identity = true;
      made.absent = {"0A000", "58P01"};  // not on this server
      all.push_back(std::move(made));
    }
  }
  return all;
}

// As the admin and as a victim over what the server itself reaches, where pg_hba.conf may trust.
attempts dblink(const proof_facts& facts, const log_in_facts& one, const probe& self, const attempt_scope&) {
  attempts all;
  std::vector<std::pair<role_name, database_name>> targets{{facts.observed().can.admin, {"postgres"}}};
  for (const auto* victim : facts.strangers_to(one, 1)) targets.emplace_back(victim->log_in, victim->home);
  auto folder = parameter(facts, "unix_socket_directories");
  folder = folder.substr(0, folder.find(','));
  const auto port = parameter(facts, "port");
  const auto word = [](const std::string& value) {
    std::string text = "'";
    for (const char c : value) text += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string{c};
    return text + "'";
  };
  for (const auto& database : one.own) {
    const auto* extension = installed(facts, database, "dblink");
    if (extension == nullptr) continue;
    const auto schema = quoted(extension->schema);
    for (const auto& [role, place] : targets) {
      for (const auto& host : {std::string{"127.0.0.1"}, folder}) {
        if (host.empty()) continue;
        std::string address = fmt::format("host={} dbname={} user={}", word(host), word(place.value), word(role.value));
        if (!port.empty()) address += " port=" + port;
        for (const auto& [function, password] :
             {std::pair{"dblink_connect", ""}, std::pair{"dblink_connect", " password=none"},
              std::pair{"dblink_connect_u", ""}}) {
          auto made = from_own_session(
              self, one, database,
              fmt::format("get into the server by {} at \"{}\" as \"{}\" without its password", function, host, role),
              fmt::format("SELECT {}.{}({}::text)", schema, function, quote_literal(address + password)));
          made.under_each_identity = true;
          made.absent = {"08001"};  // it may ask, and pg_hba.conf refuses
          all.push_back(std::move(made));
        }
      }
    }
  }
  return all;
}

// P34 and P35: a session that the proof itself opened as another service.
attempts neighbour_session(const proof_facts& facts, const log_in_facts& one, const probe& self, const attempt_scope&) {
  attempts all;
  const auto& database = one.own.front();
  const auto add = [&](std::string aim, std::string statement, expectation expects, std::vector<std::string> row) {
    all.push_back(from_own_session(self, one, database, std::move(aim), std::move(statement)));
    all.back().under_each_identity = true;
    all.back().needs_neighbour = true;
    all.back().expects = expects;
    all.back().expected_row = std::move(row);
  };
  if (self.id == "P35") {
    add("cancel what another service runs", "SELECT pg_catalog.pg_cancel_backend({pid})", expectation::refused, {"t"});
    add("end another service's session", "SELECT pg_catalog.pg_terminate_backend({pid})", expectation::refused, {"t"});
    return all;
  }
  constexpr std::string_view hidden = "<insufficient privilege>";
  add("see what another service runs (pg_stat_activity)",
      fmt::format("SELECT pg_catalog.count(*) = 1, pg_catalog.bool_and(query = '{}') FROM pg_catalog.pg_stat_activity "
                  "WHERE pid = {{pid}}",
                  hidden),
      expectation::hidden, {"t", "t"});
  for (const auto& mine : one.own) {
    const auto* extension = installed(facts, mine, "pg_stat_statements");
    if (extension == nullptr) continue;
    auto made = from_own_session(
        self, one, mine, "see what another service ran (pg_stat_statements)",
        fmt::format(
            "SELECT pg_catalog.count(*) > 0, pg_catalog.bool_and(query = '{}') FROM {}.pg_stat_statements WHERE "
            "NOT pg_catalog.pg_has_role({}, userid, 'MEMBER')",
            hidden, quoted(extension->schema), quote_literal(one.name.value)));
    made.under_each_identity = true;
    made.expects = expectation::hidden;
    made.expected_row = {"t", "t"};
    made.absent = {"55000"};  // installed, and not loaded by the server
    all.push_back(std::move(made));
  }
  return all;
}

}  // namespace innkeeper::probe_rows
