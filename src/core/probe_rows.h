#pragma once
// Inside of probe.cc: the functions that its rows name. Not for others.
#include <algorithm>

#include "core/probe.h"
#include "core/proof_facts.h"

namespace innkeeper::probe_rows {

using attempts = std::vector<attempt>;

// catalog_probes.cc
judgement privileges_on_other_databases(const proof_facts& facts, const probe& self);
judgement databases_open_to_public(const proof_facts& facts, const probe& self);
judgement database_attributes(const proof_facts& facts, const probe& self);
judgement memberships(const proof_facts& facts, const probe& self);
judgement predefined_roles(const proof_facts& facts, const probe& self);
judgement role_attributes(const proof_facts& facts, const probe& self);
judgement rights_to_hand_out(const proof_facts& facts, const probe& self);
judgement foreign_sessions(const proof_facts& facts, const probe& self);
// contents_probes.cc
judgement schema_privileges(const proof_facts& facts, const probe& self);
judgement default_privileges(const proof_facts& facts, const probe& self);

// control_probes.cc: what must work
attempts own_database(const proof_facts& facts, const log_in_facts& one, const probe& self, const attempt_scope& scope);
attempts own_objects(const proof_facts& facts, const log_in_facts& one, const probe& self, const attempt_scope& scope);

// door_probes.cc: who gets in
attempts other_databases(const proof_facts& facts, const log_in_facts& one, const probe& self,
                         const attempt_scope& scope);
attempts maintenance_databases(const proof_facts& facts, const log_in_facts& one, const probe& self,
                               const attempt_scope& scope);
attempts replication(const proof_facts& facts, const log_in_facts& one, const probe& self, const attempt_scope& scope);
attempts passwords(const proof_facts& facts, const log_in_facts& one, const probe& self, const attempt_scope& scope);

// neighbour_probes.cc: what can be done to another's objects, behind its door or beside it in a shared database
attempts tables_beside(const proof_facts& facts, const log_in_facts& one, const probe& self,
                       const attempt_scope& scope);
attempts tables_inside(const proof_facts& facts, const database_name& victim, const probe& self);
attempts functions_beside(const proof_facts& facts, const log_in_facts& one, const probe& self,
                          const attempt_scope& scope);
attempts functions_inside(const proof_facts& facts, const database_name& victim, const probe& self);
attempts large_objects_beside(const proof_facts& facts, const log_in_facts& one, const probe& self,
                              const attempt_scope& scope);
attempts large_objects_inside(const proof_facts& facts, const database_name& victim, const probe& self);
attempts names_inside(const proof_facts& facts, const database_name& victim, const probe& self);
attempts schemas_beside(const proof_facts& facts, const log_in_facts& one, const probe& self,
                        const attempt_scope& scope);
attempts schemas_inside(const proof_facts& facts, const database_name& victim, const probe& self);
attempts signals_inside(const proof_facts& facts, const database_name& victim, const probe& self);
attempts template_inside(const proof_facts& facts, const database_name& victim, const probe& self);

// server_probes.cc: what a log-in can do to the server from its own session
attempts roles_to_become(const proof_facts& facts, const log_in_facts& one, const probe& self,
                         const attempt_scope& scope);
attempts roles_to_change(const proof_facts& facts, const log_in_facts& one, const probe& self,
                         const attempt_scope& scope);
attempts own_limits(const proof_facts& facts, const log_in_facts& one, const probe& self, const attempt_scope& scope);
attempts extensions(const proof_facts& facts, const log_in_facts& one, const probe& self, const attempt_scope& scope);
attempts dblink(const proof_facts& facts, const log_in_facts& one, const probe& self, const attempt_scope& scope);
attempts neighbour_session(const proof_facts& facts, const log_in_facts& one, const probe& self,
                           const attempt_scope& scope);
// server_attacks.cc: those that are the same for every log-in, a table
attempts server_attacks(const proof_facts& facts, const log_in_facts& one, const probe& self,
                        const attempt_scope& scope);

// disruptive_probes.cc
attempts every_connection(const proof_facts& facts, const log_in_facts& one, const probe& self,
                          const attempt_scope& scope);
attempts temporary_files(const proof_facts& facts, const log_in_facts& one, const probe& self,
                         const attempt_scope& scope);

// control_probes.cc
attempt new_attempt(const probe& self, const log_in_facts& one, const database_name& database);
// For what is behind a door: `log_in` is filled in by who gets there.
attempt new_attempt(const probe& self, const database_name& database);
// Begins elsewhere for each log-in, so that what one does not try, others do.
template <class T>
std::vector<T> rotated(std::vector<T> all, std::size_t by) {
  if (all.empty()) return all;
  std::rotate(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(by % all.size()), all.end());
  return all;
}

}  // namespace innkeeper::probe_rows
