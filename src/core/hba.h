#pragma once
// Which lines of pg_hba.conf decide about a log-in at a database, wherever it comes from. Pure. What can't be told, a
// pattern or an address by name, counts as matching where it opens and as not matching where it would close.
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/name.h"
#include "core/security.h"

namespace innkeeper {

class hba_table {
 public:
  // Is this role a member of the other one, by whatever memberships, or that role itself?
  using membership = std::function<bool(const role_name& member, const role_name& role)>;

  // Borrows the rules. Lines that hold an error are not in force, and left out.
  hba_table(const std::vector<observed_hba_rule>& rules, membership is_member);

  // Lines that could be the first to match some connection of this role to this database. "replication" as a database
  // is a connection for physical replication.
  [[nodiscard]] std::vector<const observed_hba_rule*> deciding(const role_name& role, const database_name& database,
                                                               bool for_replication = false) const;

 private:
  [[nodiscard]] bool matches_user(const observed_hba_rule& rule, const role_name& role, bool opens) const;
  [[nodiscard]] bool matches_database(const observed_hba_rule& rule, const role_name& role,
                                      const database_name& database, bool for_replication, bool opens) const;

  const std::vector<observed_hba_rule>& rules_;
  membership is_member_;
  std::vector<std::size_t> for_many_;  // lines that don't name their users one by one
  std::map<std::string, std::vector<std::size_t>> by_user_;
};

// Does every connection that `other` matches by its type and address match `one` too?
[[nodiscard]] bool covers(const observed_hba_rule& one, const observed_hba_rule& other);

// "local all all trust", as in the file.
[[nodiscard]] std::string to_string(const observed_hba_rule& rule);
// From another machine, or from anywhere.
[[nodiscard]] bool reaches_beyond_loopback(const observed_hba_rule& rule);

}  // namespace innkeeper
