#include "core/capabilities.h"

#include <gtest/gtest.h>

namespace innkeeper {
namespace {

admin_facts plain(int major) {
  return {.version_num = major * 10000 + 1, .name = {"plain"}, .createdb = true, .createrole = true};
}

TEST(capabilities, give_a_plain_admin_what_was_granted_and_no_more) {
  const auto bare = derive_capabilities(plain(15));
  EXPECT_FALSE(bare.may_read_verifiers || bare.may_read_hba_rules || bare.may_close_maintenance ||
               bare.may_end_sessions || bare.may_limit_temp_files);
  auto facts = plain(15);
  facts.reads_verifiers = facts.reads_hba_rules = facts.owns_maintenance = facts.ends_sessions = true;
  facts.may_set = {"temp_file_limit"};
  const auto granted = derive_capabilities(facts);
  EXPECT_TRUE(granted.may_read_verifiers && granted.may_read_hba_rules && granted.may_close_maintenance &&
              granted.may_end_sessions && granted.may_limit_temp_files);
  EXPECT_FALSE(granted.is_superuser || granted.may_alter_system || granted.may_use_untrusted_extensions);
}

TEST(capabilities, know_which_parameters_may_be_set) {
  auto facts = plain(16);
  facts.may_set = {"temp_file_limit"};
  const auto can = derive_capabilities(facts);
  EXPECT_TRUE(can.may_set("work_mem", "user"));
  EXPECT_TRUE(can.may_set("temp_file_limit", "superuser"));
  EXPECT_FALSE(can.may_set("log_statement", "superuser"));
  EXPECT_FALSE(can.may_set("session_preload_libraries", "superuser-backend"));
  facts.superuser = true;
  EXPECT_TRUE(derive_capabilities(facts).may_set("log_statement", "superuser"));
}

TEST(capabilities, alter_the_system_by_a_grant_only_with_the_reload) {
  auto facts = plain(15);
  facts.may_alter_system = {"log_statement"};
  EXPECT_FALSE(derive_capabilities(facts).may_alter_system_of("log_statement"));
  facts.reloads = true;
  EXPECT_TRUE(derive_capabilities(facts).may_alter_system_of("log_statement"));
  EXPECT_FALSE(derive_capabilities(facts).may_alter_system_of("work_mem"));
}

TEST(capabilities, put_the_differences_between_majors_in_one_place) {
  for (const int major : {13, 14, 15, 16, 17, 18}) {
    SCOPED_TRACE(major);
    auto facts = plain(major);
    facts.replication = facts.bypassrls = true;
    const auto can = derive_capabilities(facts);
    EXPECT_EQ(can.may_take_over_roles, major < 16);
    EXPECT_EQ(can.membership_options, major >= 16);
    EXPECT_EQ(can.has_self_grants, major >= 16);
    EXPECT_EQ(can.may_change_replication, major >= 16);
    EXPECT_EQ(can.may_change_bypassrls, major >= 16);
    EXPECT_EQ(can.may_give_public_schema, major >= 15);
    EXPECT_EQ(can.parameter_grants, major >= 15);
    EXPECT_TRUE(can.is_supported);
  }
}

}  // namespace
}  // namespace innkeeper
