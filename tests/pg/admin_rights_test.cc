// What an admin may do is found by asking the server, not by its being a superuser.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "pg/catalog.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::pg {
namespace {

class admin_rights : public testing::Test {
 protected:
  admin_rights() : cluster_{{.password = "admin password"}} {
    superuser("CREATE ROLE plain LOGIN CREATEDB CREATEROLE PASSWORD 'plain password'");
  }
  void superuser(const std::string& sql) { connection::open(cluster_.admin(), {}).query(sql); }
  observed_server seen_by(const conninfo& target) {
    auto session = connection::open(target, {});
    return observe_shared(session);
  }
  observed_server seen_by_plain() { return seen_by(cluster_.login("plain", "plain password", "postgres")); }

  test::cluster cluster_;
};

TEST_F(admin_rights, are_none_but_its_attributes_for_a_plain_admin) {
  const auto can = seen_by_plain().can;
  EXPECT_TRUE(can.may_create_databases && can.may_create_roles && can.must_join_roles);
  EXPECT_FALSE(can.is_superuser || can.may_read_verifiers || can.may_read_hba_rules || can.may_read_file_settings ||
               can.may_close_maintenance || can.may_end_sessions || can.may_limit_temp_files || can.may_alter_system);
}

TEST_F(admin_rights, are_all_of_them_for_a_superuser) {
  const auto seen = seen_by(cluster_.admin());
  EXPECT_TRUE(seen.can.is_superuser && seen.can.may_read_verifiers && seen.can.may_read_hba_rules &&
              seen.can.may_close_maintenance && seen.can.may_end_sessions && seen.can.may_limit_temp_files);
  EXPECT_FALSE(seen.can.must_join_roles || seen.can.has_self_grants);
}

TEST_F(admin_rights, are_seen_as_soon_as_they_are_granted) {
  superuser("GRANT SELECT (rolname, rolpassword) ON pg_catalog.pg_authid TO plain");
  superuser("GRANT SELECT ON pg_catalog.pg_hba_file_rules, pg_catalog.pg_file_settings TO plain");
  superuser(
      "GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules(), pg_catalog.pg_show_all_file_settings(), "
      "pg_catalog.pg_reload_conf() TO plain");
  superuser("GRANT pg_signal_backend TO plain");
  superuser("CREATE ROLE keeper; GRANT keeper TO plain; ALTER DATABASE postgres OWNER TO keeper");
  EXPECT_FALSE(seen_by_plain().can.may_close_maintenance) << "one of two is not enough";
  superuser("ALTER DATABASE template1 OWNER TO keeper");
  const bool has_parameter_grants = cluster_.major() >= 15;
  if (has_parameter_grants) {
    superuser(
        "GRANT SET ON PARAMETER temp_file_limit TO plain; GRANT ALTER SYSTEM ON PARAMETER log_statement TO plain");
  }
  const auto seen = seen_by_plain();
  EXPECT_TRUE(seen.can.may_read_verifiers && seen.can.may_read_hba_rules && seen.can.may_read_file_settings &&
              seen.can.may_close_maintenance && seen.can.may_end_sessions);
  EXPECT_EQ(seen.can.may_limit_temp_files, has_parameter_grants);
  EXPECT_EQ(seen.can.may_alter_system_of("log_statement"), has_parameter_grants);
  EXPECT_FALSE(seen.can.may_alter_system_of("max_connections") || seen.can.is_superuser);
  for (const auto& one : seen.roles) EXPECT_FALSE(one.verifier.is_unknown()) << one.name.value;
  for (const auto& one : seen.parameters_of_server) EXPECT_FALSE(one.in_file.is_unknown()) << one.name;
}

TEST_F(admin_rights, tell_who_inherits_before_membership_options_too) {
  superuser("CREATE ROLE grp; CREATE ROLE aloof LOGIN NOINHERIT; CREATE ROLE heir LOGIN; GRANT grp TO aloof, heir");
  for (const auto& one : seen_by_plain().memberships) {
    if (one.role.value == "grp") {
      EXPECT_EQ(one.inherit, one.member.value == "heir") << one.member.value;
    }
  }
}

}  // namespace
}  // namespace innkeeper::pg
