#include "core/capabilities.h"

namespace innkeeper {

capabilities derive_capabilities(const admin_facts& facts) {
  const int major = facts.version_num / 10000;
  const bool super = facts.superuser;
  capabilities can;
  can.major = major;
  can.admin = facts.name;
  can.may_create_databases = super || facts.createdb;
  can.may_create_roles = super || facts.createrole;
  can.may_alter_system = super;
  can.may_read_verifiers = super;
  can.may_close_maintenance = super;
  // Before 16, CREATEROLE reaches every role that is no superuser; from 16 only those it has the ADMIN option on.
  can.may_take_over_roles = super || (facts.createrole && major < 16);
  can.may_use_untrusted_extensions = super;
  can.may_end_sessions = super;
  can.must_join_roles = !super;
  can.must_assume_owner = !super;
  // From 15, public belongs to pg_database_owner, of which a database's owner is an implicit member.
  can.may_give_public_schema = super || major >= 15;
  can.membership_options = major >= 16;
  can.public_schema_is_closed = major >= 15;
  can.parameter_grants = major >= 15;
  can.may_limit_temp_files = super || facts.may_set_temp_file_limit;
  can.may_close_functions = super;
  can.has_reserved_connections = major >= 16;
  can.is_writable = !facts.in_recovery;
  can.is_supported = major >= oldest_supported_major;
  return can;
}

}  // namespace innkeeper
