#pragma once
// What every probe asks: who logs in for whom, which databases are declared to whom, which roles each log-in can
// become, indexed once so that a proof grows with what there is to find and not with its square.
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/desired.h"
#include "core/estate.h"
#include "core/observed.h"

namespace innkeeper {

// How a log-in reaches a role, by whatever memberships: SET ROLE is the boundary, not inheritance.
struct reach {
  // The first membership on the way that nothing declares; nullptr where all of it is declared.
  const observed_membership* undeclared = nullptr;
};

struct log_in_facts {
  role_name name;
  std::vector<std::string> services;   // that it logs in for; the first one answers for it
  std::vector<database_name> own;      // of these services
  std::vector<database_name> lent;     // by declared readers
  std::set<role_name> declared;        // every role it should be able to become, itself included
  std::map<role_name, reach> reached;  // every role it is in, itself included
  std::set<role_name> can_become;      // those of them that SET ROLE gives, which from 16 on not every membership does
  location where;
  std::size_t index = 0;
  std::size_t seat = 0;  // its place in proof_facts::tenants()
  bool is_migrator = false;
  bool becomes_superuser = false;  // it is one, or reaches one

  [[nodiscard]] const std::string& service() const { return services.front(); }
  [[nodiscard]] bool owns(const database_name& one) const;
  [[nodiscard]] bool may_enter(const database_name& one) const;
};

// Whoever logs in for a service of this server, whether its own log-in is proved or not.
struct tenant {
  role_name log_in;
  database_name home;
  std::vector<std::string> services;
};

class proof_facts {
 public:
  // Borrows all three. `services`: prove these services' log-ins only; empty: all.
  proof_facts(const estate& all, const desired_server& desired, const observed_server& observed,
              const std::set<std::string>& services);

  [[nodiscard]] const estate& all() const { return all_; }
  [[nodiscard]] const desired_server& desired() const { return desired_; }
  [[nodiscard]] const observed_server& observed() const { return observed_; }
  [[nodiscard]] const std::vector<log_in_facts>& log_ins() const { return log_ins_; }
  // In the manifest's order.
  [[nodiscard]] const std::vector<tenant>& tenants() const { return tenants_; }
  // Those that this log-in must not be, the next ones in that order first, round and round.
  [[nodiscard]] std::vector<const tenant*> strangers_to(const log_in_facts& one, std::size_t at_most) const;
  [[nodiscard]] const observed_role* role(const role_name& name) const;
  [[nodiscard]] const observed_database* database(const database_name& name) const;
  [[nodiscard]] const desired_database* declared_database(const database_name& name) const;
  [[nodiscard]] bool is_declared_role(const role_name& name) const { return declared_roles_.contains(name); }
  // Of two log-ins that take turns, the one that is closed for now: its rights are looked at, and nothing can be tried.
  [[nodiscard]] bool is_closed(const role_name& log_in) const { return closed_.contains(log_in); }
  // The estate's log-ins that can become this role.
  [[nodiscard]] const std::vector<const log_in_facts*>& who_reaches(const role_name& name) const;
  // Databases that can be entered by somebody, declared or not.
  [[nodiscard]] const std::vector<const observed_database*>& open_databases() const { return open_databases_; }
  // A hosting provider's own, and what this admin can't enter and nobody declares: not ours to judge.
  [[nodiscard]] const std::vector<database_name>& left_alone() const { return left_alone_; }
  // Of no service: maintenance databases, the registry, and what the manifest doesn't know.
  [[nodiscard]] bool is_undeclared(const database_name& name) const;
  // What the server gives to the roles that it can become; not what it gives to PUBLIC or to a superuser.
  [[nodiscard]] std::string held_privileges(const log_in_facts& one, const observed_database& database) const;
  [[nodiscard]] static bool is_superuser(const log_in_facts& one) { return one.becomes_superuser; }
  // Would the server let it in, as far as the catalogs say?
  [[nodiscard]] bool can_enter(const log_in_facts& one, const observed_database& database) const;
  // The statement after which it can't.
  [[nodiscard]] std::string closing_statement(const log_in_facts& one, const observed_database& database) const;
  // `REVOKE role FROM member` for the membership through which it reaches the role; "" where it is declared.
  [[nodiscard]] std::string parting_statement(const log_in_facts& one, const role_name& role) const;
  // Other services' databases and undeclared ones, the next ones in the ring first: each is tried by as many log-ins.
  [[nodiscard]] std::vector<database_name> victims_of(const log_in_facts& one, std::size_t at_most) const;
  // The role that it should start as in this database.
  [[nodiscard]] role_name starting_role_of(const log_in_facts& one, const database_name& database) const;

 private:
  void index_names();
  [[nodiscard]] bool is_out_of_bounds(const observed_database& one) const;
  void add_log_ins(const std::set<std::string>& services);
  void add_tenant(const role_name& name, const service_declaration& service);
  void add_log_in(const role_name& name, const service_declaration& service, bool is_migrator);
  void close_memberships();
  void find_lent_databases();
  void make_ring();

  const estate& all_;
  const desired_server& desired_;
  const observed_server& observed_;
  std::vector<log_in_facts> log_ins_;
  std::vector<tenant> tenants_;
  std::map<role_name, std::size_t> seats_;
  std::set<role_name> declared_roles_;
  std::set<role_name> closed_;
  std::map<role_name, const observed_role*> roles_;
  std::map<database_name, const observed_database*> databases_;
  std::map<database_name, const desired_database*> declared_databases_;
  std::map<role_name, std::vector<const log_in_facts*>> reached_by_;
  std::map<std::pair<role_name, database_name>, role_name> starting_roles_;
  std::vector<const observed_database*> open_databases_;
  std::vector<database_name> left_alone_;
  std::vector<database_name> ring_;
  std::map<database_name, std::size_t> ring_index_;
};

}  // namespace innkeeper
