#pragma once
// Inside of the catalog probes: walks what security.h holds of each database, and tells for whom an object is meant.
// Not for others.
#include <algorithm>
#include <map>
#include <vector>

#include "core/probe_checks.h"

namespace innkeeper::probe_rows {

// One database as the proof saw it, declared or not.
class place {
 public:
  place(const proof_facts& facts, const observed_database& found);

  [[nodiscard]] const observed_database& found() const { return found_; }
  [[nodiscard]] const database_security& security() const { return *found_.security; }
  // nullptr for a database of no service: maintenance databases, the registry, what no manifest names.
  [[nodiscard]] const desired_database* declared() const { return declared_; }
  [[nodiscard]] bool declares(const schema_name& schema) const { return schemas_.contains(schema); }

  // A finding about this database, its service and place in the manifest filled in; of a schema's service where known.
  [[nodiscard]] finding about(const schema_name& schema = {}) const;
  // The owner role of the service whose schema it is, or of the database's first one.
  [[nodiscard]] role_name owner_for(const schema_name& schema) const;
  [[nodiscard]] bool is_service_owner(const role_name& role) const { return by_owner_.contains(role); }

  // Log-ins that hold what is given to this role on these objects, though nothing declares it: those that are meant to
  // be that role, or can become it where no manifest knows it, and belong to none of the services of the objects. In a
  // database of no service, only those who could enter. Superusers are P18's.
  [[nodiscard]] std::vector<const log_in_facts*> strangers(const granted_objects& group, const role_name& role) const;
  // Log-ins of other services that can become this role.
  [[nodiscard]] std::vector<const log_in_facts*> outsiders(const role_name& role) const;
  // Can a log-in of the estate call or read what is given to this role? PUBLIC is whoever can enter.
  [[nodiscard]] const log_in_facts* anyone_as(const role_name& role) const;

 private:
  // Does it belong to one of the database's services, or read one?
  [[nodiscard]] bool is_at_home(const log_in_facts& one) const;
  [[nodiscard]] bool is_meant_for(const log_in_facts& one, const granted_objects& group) const;

  const proof_facts& facts_;
  const observed_database& found_;
  const desired_database* declared_;
  std::multimap<role_name, const desired_object_grants*> by_owner_;
  std::multimap<schema_name, const desired_object_grants*> by_schema_;
  std::map<schema_name, const desired_schema*> schemas_;
};

// Each database that could be looked into for the proof.
template <class Judge>
void for_each_place(const proof_facts& facts, Judge judge) {
  for (const auto& one : facts.observed().databases) {
    if (one.security) judge(place{facts, one});
  }
}

}  // namespace innkeeper::probe_rows
