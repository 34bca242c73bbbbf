#include "core/capabilities.h"

namespace innkeeper {

bool capabilities::may_set(const std::string& parameter, std::string_view context) const {
  return is_superuser || (context != "superuser" && context != "superuser-backend") || settable.contains(parameter);
}

bool capabilities::may_alter_system_of(const std::string& parameter) const {
  return may_alter_system || alterable.contains(parameter);
}

bool has_parameter_grants(int version_num) {
  return version_num / 10000 >= 15;
}

capabilities derive_capabilities(const admin_facts& facts) {
  const int major = facts.version_num / 10000;
  const bool super = facts.superuser;
  capabilities can;
  can.major = major;
  can.admin = facts.name;
  can.may_create_databases = super || facts.createdb;
  can.may_create_roles = super || facts.createrole;
  can.is_superuser = super;
  can.may_alter_system = super;
  can.may_read_verifiers = super || facts.reads_verifiers;
  can.may_read_hba_rules = super || facts.reads_hba_rules;
  can.may_read_file_settings = super || facts.reads_file_settings;
  can.may_close_maintenance = super || facts.owns_maintenance;
  // Before 16, CREATEROLE reaches every role that is no superuser; from 16 only those it has the ADMIN option on.
  can.may_take_over_roles = super || (facts.createrole && major < 16);
  // From 16, CREATEROLE hands out, and takes away, what its holder has.
  can.may_change_replication = super || (major >= 16 && facts.createrole && facts.replication);
  can.may_change_bypassrls = super || (major >= 16 && facts.createrole && facts.bypassrls);
  can.may_use_untrusted_extensions = super;
  can.may_end_sessions = super || facts.ends_sessions;
  can.may_limit_temp_files = super || facts.may_set.contains("temp_file_limit");
  can.parameter_grants = has_parameter_grants(facts.version_num);
  can.must_join_roles = !super;
  can.must_assume_owner = !super;
  // From 15, public belongs to pg_database_owner, of which a database's owner is an implicit member.
  can.may_give_public_schema = super || major >= 15;
  can.membership_options = major >= 16;
  can.public_schema_is_closed = major >= 15;
  can.may_close_functions = super;
  can.has_reserved_connections = major >= 16;
  can.is_writable = !facts.in_recovery;
  can.is_supported = major >= oldest_supported_major;
  can.has_log_in_triggers = major >= 17;
  can.has_self_grants = major >= 16 && !super;
  can.settable = facts.may_set;
  // Without the reload, nothing would come of it.
  if (facts.reloads) can.alterable = facts.may_alter_system;
  return can;
}

}  // namespace innkeeper
