#include <gtest/gtest.h>

#include "core/step_sql.h"

namespace innkeeper {
namespace {

std::string sql_of(action what) {
  return shown_sql({std::move(what), step_scope::server, {}, {}});
}
std::string words_of(action what) {
  return describe({std::move(what), step_scope::server, {}, {}});
}

TEST(hardening_steps, bound_a_log_in_in_every_database_or_in_one) {
  EXPECT_EQ(sql_of(steps::set_role_parameter{{"cafe_user"}, {}, "temp_file_limit", "10GB"}),
            R"(ALTER ROLE "cafe_user" SET "temp_file_limit" = '10GB';)");
  EXPECT_EQ(sql_of(steps::set_role_parameter{{"cafe_user"}, {"cafe"}, "work_mem", "8MB"}),
            R"(ALTER ROLE "cafe_user" IN DATABASE "cafe" SET "work_mem" = '8MB';)");
  EXPECT_EQ(sql_of(steps::reset_role_parameter{{"cafe_user"}, {}, "temp_file_limit"}),
            R"(ALTER ROLE "cafe_user" RESET "temp_file_limit";)");
  EXPECT_EQ(words_of(steps::set_role_parameter{{"cafe_user"}, {}, "temp_file_limit", "10GB"}),
            "role cafe_user: with temp_file_limit = 10GB");
}

TEST(hardening_steps, close_all_overloads_in_one_statement) {
  const std::vector<std::string> both{"pg_advisory_lock(bigint)", "pg_advisory_lock(integer,integer)"};
  EXPECT_EQ(sql_of(steps::revoke_on_functions{{"cafe"}, function_group::advisory_locks, both, {}}),
            "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_advisory_lock(bigint), "
            "pg_catalog.pg_advisory_lock(integer,integer) FROM PUBLIC;");
  EXPECT_EQ(sql_of(steps::grant_on_functions{{"cafe"}, function_group::advisory_locks, both, {"cafe \"owner\""}}),
            "GRANT EXECUTE ON FUNCTION pg_catalog.pg_advisory_lock(bigint), "
            "pg_catalog.pg_advisory_lock(integer,integer) TO \"cafe \"\"owner\"\"\";");
  EXPECT_EQ(words_of(steps::revoke_on_functions{{"cafe"}, function_group::wal_messages, both, {}}),
            "database cafe: close WAL messages (pg_logical_emit_message) to PUBLIC");
}

TEST(hardening_steps, take_back_the_right_to_hand_out_and_leave_the_right_itself) {
  EXPECT_EQ(sql_of(steps::revoke_admin_option{{"cafe_ro"}, {"erp_user"}, {}}),
            R"(REVOKE ADMIN OPTION FOR "cafe_ro" FROM "erp_user" CASCADE;)");
  EXPECT_EQ(sql_of(steps::revoke_admin_option{{"cafe_ro"}, {"erp_user"}, {"postgres"}}),
            R"(REVOKE ADMIN OPTION FOR "cafe_ro" FROM "erp_user" GRANTED BY "postgres" CASCADE;)");
  EXPECT_EQ(sql_of(steps::revoke_grant_option{{"cafe"}, {}, {"cafe_access"}, "c", {}}),
            R"(REVOKE GRANT OPTION FOR CONNECT ON DATABASE "cafe" FROM "cafe_access" CASCADE;)");
  EXPECT_EQ(sql_of(steps::revoke_grant_option{{"cafe"}, {"public"}, {"cafe_rw"}, "U", {"cafe_owner"}}),
            "SET LOCAL ROLE \"cafe_owner\";\n"
            "REVOKE GRANT OPTION FOR USAGE ON SCHEMA \"public\" FROM \"cafe_rw\" CASCADE;\n"
            "SET LOCAL ROLE NONE;");
}

TEST(hardening_steps, know_each_function_by_its_name) {
  EXPECT_EQ(group_of_function("pg_logical_emit_message"), function_group::wal_messages);
  EXPECT_EQ(group_of_function("pg_try_advisory_xact_lock_shared"), function_group::advisory_locks);
  EXPECT_EQ(group_of_function("pg_advisory_unlock_all"), function_group::advisory_locks);
  EXPECT_EQ(group_of_function("lo_from_bytea"), function_group::large_objects);
  EXPECT_EQ(group_of_function("lo_get"), std::nullopt);
}

}  // namespace
}  // namespace innkeeper
