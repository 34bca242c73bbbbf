// Memberships that a plain admin lends itself for one transaction, and what it says where it may not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/plan_rules.h"
#include "core/step_sql.h"
#include "tests/core/estates.h"
#include "tests/core/proved_server.h"

namespace innkeeper {
namespace {

using test::estate_of;
using test::fresh_server;
using test::has_attention;
using test::plan_for;
using test::service;
using testing::HasSubstr;
using testing::Not;

const step& find_step(const plan& made, const std::string& beginning) {
  const auto found =
      std::ranges::find_if(made.steps, [&](const step& one) { return describe(one).starts_with(beginning); });
  if (found == made.steps.end()) throw std::runtime_error{"no step " + beginning};
  return *found;
}

// As apply leaves it, made by the plain admin: one owner role less, so that there is something to do.
observed_server without_public_usage(const estate& all, int major, bool superuser) {
  auto server = test::proved_server(all, major);
  server.can = fresh_server(major, superuser).can;
  for (auto& role : server.roles) {
    if (role.name.value == "admin_user") role.superuser = superuser;
  }
  if (major >= 16) {
    for (const auto& role : derive_desired(all, all.servers.front()).roles) {
      server.memberships.push_back({role.name, {"admin_user"}, {"postgres"}, true, false, false});
    }
  }
  for (auto& database : server.databases) {
    if (database.name.value != "cafe") continue;
    for (auto& schema : database.contents->schemas) {
      if (schema.name.value == "public")
        std::erase_if(schema.privileges, [](const acl_item& item) { return item.grantee.value == "cafe_rw"; });
    }
  }
  return server;
}

std::string grant_in(const plan& made) {
  return shown_sql(find_step(made, "schema cafe.public: "));
}

TEST(loans, are_not_for_superusers) {
  const auto all = estate_of({service("cafe")});
  EXPECT_THAT(grant_in(plan_for(all, without_public_usage(all, 15, true))), Not(HasSubstr("admin_user")));
}

TEST(loans, are_taken_and_given_back_around_the_step) {
  const auto all = estate_of({service("cafe")});
  EXPECT_EQ(grant_in(plan_for(all, without_public_usage(all, 15, false))),
            "GRANT \"cafe_owner\" TO \"admin_user\";\n"
            "SET LOCAL ROLE \"cafe_owner\";\n"
            "GRANT USAGE ON SCHEMA \"public\" TO \"cafe_rw\";\n"
            "SET LOCAL ROLE NONE;\n"
            "REVOKE \"cafe_owner\" FROM \"admin_user\";");
  EXPECT_THAT(grant_in(plan_for(all, without_public_usage(all, 16, false))),
              HasSubstr("GRANT \"cafe_owner\" TO \"admin_user\" WITH INHERIT FALSE, SET TRUE;\n"));
}

TEST(loans, are_not_needed_where_the_catalogs_give_it_already) {
  const auto all = estate_of({service("cafe")});
  for (const int major : {15, 16}) {
    auto server = without_public_usage(all, major, false);
    server.memberships.push_back({{"cafe_owner"}, {"admin_user"}, {"postgres"}, true, true, true});
    EXPECT_THAT(grant_in(plan_for(all, server)), Not(HasSubstr("TO \"admin_user\""))) << major;
  }
}

TEST(loans, reach_through_a_group_of_admins) {
  const auto all = estate_of({service("cafe")});
  auto server = without_public_usage(all, 16, false);
  std::erase_if(server.memberships, [](const auto& row) { return row.member.value == "admin_user"; });
  server.memberships.push_back({{"admins"}, {"admin_user"}, {"postgres"}});
  server.memberships.push_back({{"cafe_owner"}, {"admins"}, {"postgres"}, true, false, false});
  EXPECT_THAT(
      grant_in(plan_for(all, server)),
      HasSubstr("GRANT \"cafe_owner\" TO \"admin_user\" WITH INHERIT FALSE, SET TRUE GRANTED BY \"admins\";\n"));
}

TEST(loans, add_to_a_grant_of_its_own_only_what_it_lacks) {
  const auto all = estate_of({service("cafe")});
  auto server = without_public_usage(all, 16, false);
  server.memberships.push_back({{"cafe_owner"}, {"admin_user"}, {"admin_user"}, false, true, false});
  const auto sql = grant_in(plan_for(all, server));
  EXPECT_THAT(sql, HasSubstr("GRANT \"cafe_owner\" TO \"admin_user\" WITH SET TRUE;\n"));
  EXPECT_THAT(sql, HasSubstr("\nREVOKE SET OPTION FOR \"cafe_owner\" FROM \"admin_user\";"));
}

TEST(loans, of_one_transaction_are_taken_once) {
  const auto all = estate_of({service("cafe")});
  const auto made = plan_for(all, fresh_server(15, false));
  std::vector<const step*> inside;
  for (const auto& one : made.steps) {
    if (one.scope == step_scope::inside && one.database.value == "cafe") inside.push_back(&one);
  }
  const auto sql = shown_sql(inside);
  const std::string grant = "GRANT \"cafe_owner\" TO \"admin_user\";\n";
  EXPECT_TRUE(sql.starts_with(grant));
  EXPECT_EQ(sql.find(grant, 1), std::string::npos);
  EXPECT_TRUE(sql.ends_with("\nREVOKE \"cafe_owner\" FROM \"admin_user\";"));
}

TEST(loans, that_an_earlier_version_kept_are_given_back) {
  const auto all = estate_of({service("cafe")});
  for (const int major : {15, 16}) {
    auto server = without_public_usage(all, major, false);
    server.memberships.push_back({{"cafe_owner"}, {"admin_user"}, {"admin_user"}, false, major < 16, true});
    const auto made = plan_for(all, server);
    EXPECT_EQ(shown_sql(find_step(made, "role admin_user: no longer a member of cafe_owner")),
              major < 16 ? "REVOKE \"cafe_owner\" FROM \"admin_user\";"
                         : "REVOKE \"cafe_owner\" FROM \"admin_user\" GRANTED BY \"admin_user\";");
    EXPECT_THAT(grant_in(made), HasSubstr("GRANT \"cafe_owner\" TO \"admin_user\"")) << "it is gone by then";
  }
}

TEST(loans, that_the_admin_may_not_take_are_asked_for) {
  const auto all = estate_of({service("cafe")});
  auto server = without_public_usage(all, 16, false);
  std::erase_if(server.memberships, [](const auto& row) { return row.member.value == "admin_user"; });
  const auto made = plan_for(all, server);
  const auto told = std::ranges::find(made.attentions, "GRANT \"cafe_owner\" TO \"admin_user\" WITH ADMIN OPTION;",
                                      &attention::statement);
  ASSERT_NE(told, made.attentions.end());
  EXPECT_TRUE(told->fails_service && told->lacks_right);
  EXPECT_THROW((void)grant_in(made), std::runtime_error);
  EXPECT_EQ(std::ranges::count(made.preflight, told->statement, &missing_right::statement), 1);
}

TEST(loans, of_other_peoples_roles_are_never_taken) {
  const auto all = estate_of({service("cafe")});
  auto server = without_public_usage(all, 15, false);
  for (auto& one : server.databases) {
    if (one.name.value == "cafe") one.owner = {"app_dev"};
  }
  server.roles.push_back({.name = {"app_dev"}, .oid = 9});
  const auto made = plan_for(all, server);
  EXPECT_TRUE(has_attention(made, "database \"cafe\" belongs to \"app_dev\""));
  for (const auto& one : made.steps) EXPECT_THAT(shown_sql(one), Not(HasSubstr("app_dev"))) << describe(one);
}

TEST(memberships, are_revoked_as_each_grantor_gave_them) {
  const auto all = estate_of({service("cafe"), service("erp", 20)});
  auto server = test::proved_server(all, 16);
  server.memberships.push_back({{"cafe_owner"}, {"erp_user"}, {"postgres"}});
  server.memberships.push_back({{"cafe_owner"}, {"erp_user"}, {"somebody"}, true});
  const auto made = plan_for(all, server, test::working_secrets(all));
  ASSERT_EQ(made.steps.size(), 2U);
  EXPECT_EQ(shown_sql(made.steps[0]), "REVOKE \"cafe_owner\" FROM \"erp_user\" GRANTED BY \"postgres\";");
  EXPECT_EQ(shown_sql(made.steps[1]), "REVOKE \"cafe_owner\" FROM \"erp_user\" GRANTED BY \"somebody\" CASCADE;");
}

TEST(memberships, that_another_grantor_widened_are_narrowed_again) {
  const auto all = estate_of({service("cafe")});
  auto server = test::proved_server(all, 16);
  server.memberships.push_back({{"cafe_owner"}, {"cafe_user"}, {"somebody"}, false, true, true});
  const auto made = plan_for(all, server, test::working_secrets(all));
  ASSERT_EQ(made.steps.size(), 1U);
  EXPECT_EQ(shown_sql(made.steps[0]), "REVOKE \"cafe_owner\" FROM \"cafe_user\" GRANTED BY \"somebody\";");
}

TEST(preflight, is_nothing_for_a_superuser) {
  EXPECT_TRUE(plan_for(estate_of({service("cafe")}), fresh_server(18, true)).preflight.empty());
}

TEST(preflight, asks_for_what_apply_and_the_proof_lack) {
  const auto made = plan_for(estate_of({service("cafe")}), fresh_server(18, false));
  const auto asks = [&](const std::string& statement) {
    return std::ranges::find(made.preflight, statement, &missing_right::statement) != made.preflight.end();
  };
  EXPECT_TRUE(asks("GRANT SELECT (rolname, rolpassword) ON pg_catalog.pg_authid TO \"admin_user\";"));
  EXPECT_TRUE(asks("GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO \"admin_user\";"));
  EXPECT_TRUE(
      asks("GRANT CONNECT ON DATABASE \"postgres\" TO \"admin_user\"; "
           "REVOKE ALL ON DATABASE \"postgres\" FROM PUBLIC;"));
  EXPECT_FALSE(asks("CREATE DATABASE \"cafe\" OWNER \"admin_user\" TEMPLATE template0;"))
      << "from 15, public is the admin's to give";
  const auto script = to_preflight_script(made);
  EXPECT_THAT(script, HasSubstr("\\connect \"postgres\"\n"));
  EXPECT_THAT(script, HasSubstr("\\set ON_ERROR_STOP on"));
}

TEST(preflight, has_databases_made_ahead_where_only_a_superuser_can_work_inside) {
  auto cafe = service("cafe");
  cafe.extensions = {{{"postgis"}, "", false, cafe.where}};
  for (const int major : {14, 15}) {
    const auto made = plan_for(estate_of({cafe}), fresh_server(major, false));
    std::vector<std::string> inside;
    for (const auto& one : made.preflight) {
      if (one.database.value == "cafe") inside.push_back(one.statement);
    }
    std::vector<std::string> expected{
        "CREATE SCHEMA \"extensions\" AUTHORIZATION \"admin_user\";",
        "CREATE EXTENSION \"postgis\" WITH SCHEMA \"extensions\";",
        "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_logical_emit_message(boolean,text,bytea), "
        "pg_catalog.pg_logical_emit_message(boolean,text,text) FROM PUBLIC;"};
    if (major < 15) expected.insert(expected.begin(), "ALTER SCHEMA \"public\" OWNER TO \"admin_user\";");
    EXPECT_EQ(inside, expected) << major;
  }
}

TEST(preflight, has_roles_made_ahead_that_only_a_superuser_can_alter) {
  const auto all = estate_of({service("cafe")});
  const auto desired = derive_desired(all, all.servers.front());
  const auto server = fresh_server(13, false);
  const known_secrets none;
  const plan_policy everything;
  const plan_rules::context with{desired, server, none, everything};
  const auto asked =
      plan_rules::plan_preflight(with, {{.text = "unlimited",
                                         .statement = "ALTER ROLE \"cafe_user\" SET temp_file_limit = '1GB';",
                                         .who = "a superuser",
                                         .alters = {{"cafe_user"}}}});
  const auto at = std::ranges::find(asked, "CREATE ROLE \"cafe_user\" LOGIN;", &missing_right::statement);
  ASSERT_NE(at, asked.end());
  EXPECT_LT(
      at, std::ranges::find(asked, "ALTER ROLE \"cafe_user\" SET temp_file_limit = '1GB';", &missing_right::statement));
}

TEST(settings, that_nothing_declares_are_told_or_mended_where_they_overrule) {
  const auto all = estate_of({service("cafe")});
  auto server = test::proved_server(all);
  for (auto& one : server.databases) {
    if (one.name.value == "cafe") {
      one.settings["statement_timeout"] = "1ms";
      one.settings["role"] = "cafe_user";
      one.settings["app.jwt_secret"] = "hush";
    }
  }
  for (auto& one : server.roles) {
    if (one.name.value == "cafe_user") one.settings.merge(parameters{{"search_path", "evil"}, {"work_mem", "1GB"}});
  }
  for (auto& one : server.role_settings) one.settings["search_path"] = "evil";
  const auto made = plan_for(all, server, test::working_secrets(all));
  EXPECT_EQ(shown_sql(find_step(made, "database cafe: role as the server has it")),
            "ALTER DATABASE \"cafe\" RESET \"role\";");
  EXPECT_EQ(shown_sql(find_step(made, "role cafe_user: search_path as the server has it")),
            "ALTER ROLE \"cafe_user\" RESET \"search_path\";");
  EXPECT_EQ(shown_sql(find_step(made, "role cafe_user: in cafe with search_path as the server has it")),
            "ALTER ROLE \"cafe_user\" IN DATABASE \"cafe\" RESET \"search_path\";");
  EXPECT_EQ(made.steps.size(), 3U);
  EXPECT_TRUE(has_attention(made, "database \"cafe\" has setting statement_timeout = 1ms, which no manifest declares"));
  EXPECT_TRUE(has_attention(made, "role \"cafe_user\" has setting work_mem = 1GB, which no manifest declares"));
  EXPECT_TRUE(has_attention(made, "database \"cafe\" has setting app.jwt_secret, which no manifest declares"));
  EXPECT_FALSE(has_attention(made, "hush"));
}

}  // namespace
}  // namespace innkeeper
