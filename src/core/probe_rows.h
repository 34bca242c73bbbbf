#pragma once
// Inside of probe.cc: the functions that its rows name. Not for others.
#include <algorithm>

#include "core/probe.h"
#include "core/proof_facts.h"

namespace innkeeper::probe_rows {

class checks;
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
// probes_grants.cc
judgement object_privileges(const proof_facts& facts, const probe& self);
judgement definer_functions(const proof_facts& facts, const probe& self);
judgement large_objects(const proof_facts& facts, const probe& self);
void judge_other_schemas(const proof_facts& facts, checks& result);         // for P8: those that no manifest names
void judge_object_grant_options(const proof_facts& facts, checks& result);  // for P19
// probes_system.cc
judgement system_catalogs(const proof_facts& facts, const probe& self);
judgement file_functions(const proof_facts& facts, const probe& self);
judgement file_transfers(const proof_facts& facts, const probe& self);
judgement server_functions(const proof_facts& facts, const probe& self);
judgement parameters_given(const proof_facts& facts, const probe& self);
// probes_code.cc
judgement replication_of_data(const proof_facts& facts, const probe& self);
judgement untrusted_code(const proof_facts& facts, const probe& self);
judgement superusers_functions(const proof_facts& facts, const probe& self);
// probes_extensions.cc
judgement dangerous_extensions(const proof_facts& facts, const probe& self);
judgement extension_privileges(const proof_facts& facts, const probe& self);
judgement user_mappings(const proof_facts& facts, const probe& self);
// probes_authentication.cc
judgement hba_rules(const proof_facts& facts, const probe& self);
judgement passwords_kept(const proof_facts& facts, const probe& self);
// probes_certificates.cc
judgement certificates_last(const proof_facts& facts, const probe& self);
// probes_secrets.cc
judgement readable_secrets(const proof_facts& facts, const probe& self);
judgement bounded_temporary_files(const proof_facts& facts, const probe& self);
// probes_server.cc
judgement things_in_templates(const proof_facts& facts, const probe& self);
void judge_prepared_and_slots(const proof_facts& facts, checks& result);  // for P44
judgement server_release(const proof_facts& facts, const probe& self);
// probes_neighbours.cc
judgement connection_seats(const proof_facts& facts, const probe& self);
judgement lock_table(const proof_facts& facts, const probe& self);
judgement notification_queue(const proof_facts& facts, const probe& self);
judgement long_transactions(const proof_facts& facts, const probe& self);
judgement transaction_ages(const proof_facts& facts, const probe& self);
judgement vacuum_costs(const proof_facts& facts, const probe& self);
judgement tablespaces(const proof_facts& facts, const probe& self);
judgement kept_wal(const proof_facts& facts, const probe& self);

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
