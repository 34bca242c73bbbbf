#pragma once
// Inside of probe.cc: the functions that its rows name. Not for others.
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

// log_in_probes.cc
attempts own_database(const proof_facts& facts, const log_in_facts& one, const probe& self, std::size_t at_most);
attempts own_tables(const proof_facts& facts, const log_in_facts& one, const probe& self, std::size_t at_most);
attempts other_databases(const proof_facts& facts, const log_in_facts& one, const probe& self, std::size_t at_most);
attempts foreign_schemas(const proof_facts& facts, const log_in_facts& one, const probe& self, std::size_t at_most);
attempts maintenance_databases(const proof_facts& facts, const log_in_facts& one, const probe& self,
                               std::size_t at_most);
attempts foreign_roles(const proof_facts& facts, const log_in_facts& one, const probe& self, std::size_t at_most);
attempts wrong_password(const proof_facts& facts, const log_in_facts& one, const probe& self, std::size_t at_most);

}  // namespace innkeeper::probe_rows
