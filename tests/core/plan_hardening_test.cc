#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/step_sql.h"
#include "tests/core/estates.h"
#include "tests/core/proved_server.h"

namespace innkeeper {
namespace {

using test::estate_of;
using test::fresh_server;
using test::has_attention;
using test::has_step;
using test::plan_for;
using test::proved_server;
using test::service;
using test::working_secrets;
using testing::HasSubstr;

const location here{"innkeeper.yaml", 7, 3};

plan plan_again(const estate& all, const observed_server& server) {
  return plan_for(all, server, working_secrets(all));
}

const attention* find_attention(const plan& made, const std::string& part) {
  const auto found = std::ranges::find_if(
      made.attentions, [&](const attention& one) { return one.text.find(part) != std::string::npos; });
  return found == made.attentions.end() ? nullptr : &*found;
}

std::string all_sql(const plan& made) {
  std::string text;
  for (const auto& one : made.steps) text += shown_sql(one) + "\n";
  return text;
}

observed_role& role_of(observed_server& server, const std::string& name) {
  return *std::ranges::find(server.roles, role_name{name}, &observed_role::name);
}

database_contents& contents_of_database(observed_server& server, const std::string& name) {
  return *std::ranges::find(server.databases, database_name{name}, &observed_database::name)->contents;
}

TEST(hardening, bounds_each_log_in_and_closes_wal_messages_by_default) {
  const auto made = plan_for(estate_of({service("cafe")}), fresh_server(15, true));
  EXPECT_TRUE(has_step(made, "role cafe_user: with temp_file_limit = 10GB"));
  EXPECT_TRUE(has_step(made, "role cafe_user: with idle_in_transaction_session_timeout = 5min"));
  EXPECT_TRUE(has_step(made, "database cafe: close WAL messages (pg_logical_emit_message) to PUBLIC"));
  EXPECT_THAT(all_sql(made),
              HasSubstr("REVOKE EXECUTE ON FUNCTION pg_catalog.pg_logical_emit_message(boolean,text,bytea), "
                        "pg_catalog.pg_logical_emit_message(boolean,text,text) FROM PUBLIC;"));
  EXPECT_THAT(all_sql(made), testing::Not(HasSubstr("advisory")));
  EXPECT_THAT(all_sql(made), testing::Not(HasSubstr("lo_creat")));
  EXPECT_THAT(all_sql(made), testing::Not(HasSubstr("pg_logical_emit_message(boolean,text,text) TO")));
}

TEST(hardening, leaves_alone_what_is_as_declared_in_whatever_units) {
  const auto all = estate_of({service("cafe")});
  auto server = proved_server(all);
  ASSERT_TRUE(plan_again(all, server).empty()) << all_sql(plan_again(all, server));
  role_of(server, "cafe_user").settings = {{"temp_file_limit", "10485760"},
                                           {"idle_in_transaction_session_timeout", "300s"}};
  EXPECT_TRUE(plan_again(all, server).empty()) << all_sql(plan_again(all, server));
  role_of(server, "cafe_user").settings = {{"temp_file_limit", "11GB"},
                                           {"idle_in_transaction_session_timeout", "300s"}};
  const auto made = plan_again(all, server);
  EXPECT_EQ(made.steps.size(), 1U);
  EXPECT_TRUE(has_step(made, "role cafe_user: with temp_file_limit = 10GB"));
}

TEST(hardening, takes_back_what_is_switched_off) {
  auto cafe = service("cafe");
  const auto on = estate_of({cafe});
  cafe.hardening.temp_file_limit = {"", "big reports", here};
  cafe.hardening.idle_in_transaction_session_timeout = {"", "batches", here};
  cafe.hardening.wal_messages = {function_access::open, "our CDC emits messages", here};
  const auto off = estate_of({cafe});
  const auto made = plan_again(off, proved_server(on));
  EXPECT_EQ(made.steps.size(), 3U) << all_sql(made);
  EXPECT_TRUE(has_step(made, "role cafe_user: temp_file_limit as the server has it"));
  EXPECT_TRUE(has_step(made, "role cafe_user: idle_in_transaction_session_timeout as the server has it"));
  EXPECT_TRUE(has_step(made, "database cafe: open WAL messages (pg_logical_emit_message) to PUBLIC"));
}

TEST(hardening, never_opens_what_nobody_asked_to_open) {
  const auto all = estate_of({service("cafe")});
  auto server = proved_server(all);
  // A person closed advisory locks by hand.
  contents_of_database(server, "cafe").functions[2880] = {test::given({"postgres"}, "X", {"postgres"})};
  EXPECT_TRUE(plan_again(all, server).empty());
  auto cafe = service("cafe");
  cafe.hardening.advisory_locks = {function_access::open, "", here};
  EXPECT_TRUE(has_step(plan_again(estate_of({cafe}), server),
                       "database cafe: open advisory locks (pg_advisory_lock …) to PUBLIC"));
}

TEST(hardening, gives_closed_functions_to_the_owner_first) {
  auto cafe = service("cafe");
  cafe.hardening.advisory_locks = {function_access::closed, "", here};
  const auto made = plan_for(estate_of({cafe}), fresh_server(15, true));
  const auto sql = all_sql(made);
  const auto grant = sql.find("GRANT EXECUTE ON FUNCTION pg_catalog.pg_advisory_lock(bigint) TO \"cafe_owner\";");
  const auto revoke = sql.find("REVOKE EXECUTE ON FUNCTION pg_catalog.pg_advisory_lock(bigint) FROM PUBLIC;");
  ASSERT_NE(grant, std::string::npos) << sql;
  ASSERT_NE(revoke, std::string::npos);
  EXPECT_LT(grant, revoke);
  EXPECT_EQ(sql.find("TO \"cafe_rw\"", grant), std::string::npos);
}

TEST(hardening, closes_a_shared_database_and_names_the_service_that_needs_it_open) {
  auto user = service("user");
  auto order = service("order", 20);
  user.database = order.database = {{"platform"}, user.where, false};
  user.schema = {{"user"}, user.where, true};
  order.schema = {{"order"}, order.where, true};
  order.hardening.wal_messages = {function_access::open, "outbox", here};
  const auto all = estate_of({user, order});
  const auto sql = all_sql(plan_for(all, fresh_server(15, true)));
  EXPECT_THAT(sql, HasSubstr("FROM PUBLIC"));
  EXPECT_THAT(sql, HasSubstr("pg_logical_emit_message(boolean,text,text) TO \"order_owner\";"));
  EXPECT_THAT(sql, HasSubstr("pg_logical_emit_message(boolean,text,text) TO \"order_rw\";"));
  EXPECT_THAT(sql, testing::Not(HasSubstr("pg_logical_emit_message(boolean,text,text) TO \"user_owner\";")));
  EXPECT_TRUE(plan_again(all, proved_server(all)).empty());
}

TEST(hardening, takes_a_function_from_a_role_that_the_manifest_does_not_name) {
  const auto all = estate_of({service("cafe")});
  auto server = proved_server(all);
  contents_of_database(server, "cafe").functions[3577].push_back(test::given({"cafe_rw"}, "X", {"postgres"}));
  const auto made = plan_again(all, server);
  ASSERT_EQ(made.steps.size(), 1U);
  EXPECT_EQ(shown_sql(made.steps.front()),
            "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_logical_emit_message(boolean,text,text) FROM \"cafe_rw\";");
}

TEST(hardening, gives_a_shared_log_in_the_widest_limit_that_is_spelled) {
  auto user = service("user");
  auto order = service("order", 20);
  user.user = order.user = {{"shop_user"}, user.where, false};
  user.hardening.temp_file_limit = {"1GB", "", here};
  EXPECT_TRUE(has_step(plan_for(estate_of({user, order}), fresh_server(15, true)),
                       "role shop_user: with temp_file_limit = 1GB"));
  order.hardening.temp_file_limit = {"2048MB", "", here};
  EXPECT_TRUE(has_step(plan_for(estate_of({user, order}), fresh_server(15, true)),
                       "role shop_user: with temp_file_limit = 2048MB"));
  order.hardening.temp_file_limit = {"", "reports", here};
  EXPECT_FALSE(has_step(plan_for(estate_of({user, order}), fresh_server(15, true)),
                        "role shop_user: with temp_file_limit = 1GB"));
}

TEST(hardening, lets_the_servers_own_setting_go_before_a_default_and_not_before_a_word) {
  auto cafe = service("cafe");
  auto all = estate_of({cafe});
  all.servers.front().settings["temp_file_limit"] = {"50GB", here, false};
  auto server = fresh_server(15, true);
  server.parameters_of_server.push_back({"temp_file_limit", "52428800", "kB", "integer", "superuser", false, {}});
  EXPECT_FALSE(has_step(plan_for(all, server), "role cafe_user: with temp_file_limit = 10GB"));
  all.services.front().hardening.temp_file_limit = {"10GB", "", here};
  EXPECT_TRUE(has_step(plan_for(all, server), "role cafe_user: with temp_file_limit = 10GB"));
}

TEST(hardening, leaves_an_adopted_service_as_it_was_found) {
  auto cafe = service("cafe");
  cafe.mode = management_mode::adopt;
  const auto sql = all_sql(plan_for(estate_of({cafe}), fresh_server(15, true)));
  EXPECT_THAT(sql, testing::Not(HasSubstr("temp_file_limit")));
  EXPECT_THAT(sql, testing::Not(HasSubstr("pg_logical_emit_message")));
}

TEST(hardening, tells_a_plain_admin_what_to_ask_for_and_plans_nothing_that_fails) {
  const auto all = estate_of({service("cafe"), service("erp", 20)});
  for (const int major : {14, 15}) {
    const auto made = plan_for(all, fresh_server(major, false));
    EXPECT_THAT(all_sql(made), testing::Not(HasSubstr("temp_file_limit")));
    EXPECT_THAT(all_sql(made), testing::Not(HasSubstr("pg_logical_emit_message")));
    EXPECT_TRUE(has_step(made, "role cafe_user: with idle_in_transaction_session_timeout = 5min"));
    const auto* limit = find_attention(made, "limit on temporary files");
    ASSERT_NE(limit, nullptr);
    EXPECT_FALSE(limit->fails_service);
    EXPECT_EQ(limit->statement, major == 15 ? "GRANT SET ON PARAMETER temp_file_limit TO \"admin_user\";"
                                            : "ALTER ROLE \"cafe_user\" SET \"temp_file_limit\" = '10GB';\n"
                                              "ALTER ROLE \"erp_user\" SET \"temp_file_limit\" = '10GB';");
    const auto* wal = find_attention(made, "write WAL at will");
    ASSERT_NE(wal, nullptr);
    EXPECT_EQ(wal->database.value, "cafe");
    EXPECT_EQ(wal->from.service, "cafe");
    EXPECT_THAT(wal->statement, HasSubstr("REVOKE EXECUTE ON FUNCTION pg_catalog.pg_logical_emit_message"));
  }
}

TEST(hardening, sets_the_limit_as_a_plain_admin_that_was_granted_the_setting) {
  auto server = fresh_server(15, false);
  server.can.may_limit_temp_files = true;
  const auto made = plan_for(estate_of({service("cafe")}), server);
  EXPECT_TRUE(has_step(made, "role cafe_user: with temp_file_limit = 10GB"));
  EXPECT_EQ(find_attention(made, "temporary files"), nullptr);
}

TEST(hardening, asks_to_leave_the_plain_admins_own_lock_to_it) {
  auto cafe = service("cafe");
  cafe.hardening.advisory_locks = {function_access::closed, "", here};
  const auto made = plan_for(estate_of({cafe}), fresh_server(15, false));
  const auto granted = std::ranges::any_of(made.attentions, [](const attention& one) {
    return one.statement == "GRANT EXECUTE ON FUNCTION pg_catalog.pg_advisory_lock(bigint) TO \"admin_user\";";
  });
  EXPECT_TRUE(granted) << "or the admin could not lock the database that it works in";
}

TEST(hardening, keeps_passwords_as_scram) {
  auto all = estate_of({service("cafe")});
  auto server = fresh_server(13, true);
  server.parameters_of_server.push_back({"password_encryption", "md5", "", "enum", "user", false, absent_fact{}});
  EXPECT_TRUE(has_step(plan_for(all, server), "setting password_encryption: set to scram-sha-256"));
  EXPECT_FALSE(
      has_step(plan_for(all, server, {}, {.services = {"cafe"}}), "setting password_encryption: set to scram-sha-256"));
  all.servers.front().hardening.scram = {false, "an old driver", here};
  EXPECT_FALSE(has_step(plan_for(all, server), "setting password_encryption: set to scram-sha-256"));
  auto plain = fresh_server(13, false);
  plain.parameters_of_server = server.parameters_of_server;
  const auto made = plan_for(estate_of({service("cafe")}), plain);
  ASSERT_NE(find_attention(made, "password_encryption"), nullptr);
  EXPECT_FALSE(has_step(made, "setting password_encryption: set to scram-sha-256"));
}

TEST(hardening, takes_back_the_right_to_hand_out_memberships) {
  const auto all = estate_of({service("cafe")});
  for (const int major : {15, 16}) {
    auto server = proved_server(all, major);
    auto row = std::ranges::find(server.memberships, role_name{"cafe_owner"}, &observed_membership::role);
    row->admin = true;
    const auto made = plan_again(all, server);
    ASSERT_EQ(made.steps.size(), 1U);
    const std::string by = major == 16 ? " GRANTED BY \"admin_user\"" : "";
    EXPECT_EQ(shown_sql(made.steps.front()),
              "REVOKE ADMIN OPTION FOR \"cafe_owner\" FROM \"cafe_user\"" + by + " CASCADE;");
  }
}

TEST(hardening, takes_back_grant_options_on_databases_and_schemas_before_anything_else_of_theirs) {
  const auto all = estate_of({service("cafe")});
  auto server = proved_server(all);
  auto& cafe = *std::ranges::find(server.databases, database_name{"cafe"}, &observed_database::name);
  cafe.privileges.push_back({{"cafe_user"}, "Cc", "Cc", {"admin_user"}});
  auto& access = *std::ranges::find(cafe.privileges, role_name{"cafe_access"}, &acl_item::grantee);
  access.grantable = "c";
  for (auto& schema : cafe.contents->schemas) {
    for (auto& item : schema.privileges) {
      if (item.grantee.value == "cafe_rw") item.grantable = "U";
    }
  }
  const auto sql = all_sql(plan_again(all, server));
  EXPECT_THAT(sql, HasSubstr("REVOKE GRANT OPTION FOR CONNECT ON DATABASE \"cafe\" FROM \"cafe_access\" CASCADE;"));
  EXPECT_THAT(sql, HasSubstr("REVOKE GRANT OPTION FOR USAGE ON SCHEMA \"public\" FROM \"cafe_rw\" CASCADE;"));
  const auto option = sql.find("REVOKE GRANT OPTION FOR CREATE, CONNECT ON DATABASE \"cafe\" FROM \"cafe_user\"");
  const auto right = sql.find("REVOKE CREATE, CONNECT ON DATABASE \"cafe\" FROM \"cafe_user\"");
  ASSERT_NE(option, std::string::npos) << sql;
  ASSERT_NE(right, std::string::npos) << sql;
  EXPECT_LT(option, right);
}

observed_server server_with_seats(int max_connections, int reserved, bool superuser = true) {
  auto server = fresh_server(16, superuser);
  const auto add = [&](const std::string& name, int value) {
    server.parameters_of_server.push_back({name, std::to_string(value), "", "integer", "postmaster", false, {}});
  };
  add("max_connections", max_connections);
  add("superuser_reserved_connections", 3);
  add("reserved_connections", reserved);
  return server;
}

TEST(seats, are_told_where_services_could_take_more_than_there_are) {
  const auto all = estate_of({service("cafe"), service("erp", 20)});
  EXPECT_EQ(find_attention(plan_for(all, server_with_seats(49, 0)), "together"), nullptr) << "46 of 46";
  const auto made = plan_for(all, server_with_seats(50, 2));
  const auto* told = find_attention(made, "together");
  ASSERT_NE(told, nullptr);
  EXPECT_TRUE(told->is_advice);
  EXPECT_THAT(told->text, HasSubstr("services may open 46 connections together, and the server has 45 for them "
                                    "(max_connections 50, 5 reserved)"));
  EXPECT_EQ(told->statement, "ALTER SYSTEM SET max_connections = 51;");
}

TEST(seats, of_a_plain_admin_are_asked_for_with_all_that_it_takes) {
  const auto all = estate_of({service("cafe")});
  const auto* told = find_attention(plan_for(all, server_with_seats(100, 0)), "no seats of its own");
  EXPECT_EQ(told, nullptr) << "a superuser has them";
  auto server = server_with_seats(100, 0, false);
  auto made = plan_for(all, server);
  told = find_attention(made, "no seats of its own");
  ASSERT_NE(told, nullptr);
  EXPECT_EQ(told->statement,
            "ALTER SYSTEM SET reserved_connections = 3;\n"
            "GRANT \"pg_use_reserved_connections\" TO \"admin_user\";");
  server = server_with_seats(100, 3, false);
  server.memberships.push_back({.role = {"pg_use_reserved_connections"}, .member = {"admin_user"}});
  made = plan_for(all, server);
  EXPECT_EQ(find_attention(made, "no seats of its own"), nullptr);
}

TEST(seats, of_a_pool_are_compared_with_the_log_ins_limit) {
  auto cafe = service("cafe");
  cafe.pool = {10, 2, here};
  EXPECT_EQ(find_attention(plan_for(estate_of({cafe}), fresh_server(16, true)), "a pool of"), nullptr) << "20 of 20";
  cafe.pool = {25, 2, here};
  const auto made = plan_for(estate_of({cafe}), fresh_server(16, true));
  const auto* told =
      find_attention(made, "a pool of 25 in 2 replicas opens 50 connections, and the log-in may have 20");
  ASSERT_NE(told, nullptr);
  EXPECT_EQ(told->from.where, here);
  EXPECT_TRUE(told->is_advice);
}

// Every combination of switches: what a plan asks for leaves nothing to ask for once it is there.
TEST(hardening, has_nothing_left_to_do_after_it_was_done_whatever_is_switched) {
  for (unsigned switches = 0; switches < 64; ++switches) {
    const auto is_on = [&](unsigned bit) { return (switches >> bit & 1U) != 0; };
    const auto access = [&](unsigned bit) { return is_on(bit) ? function_access::closed : function_access::open; };
    auto cafe = service("cafe");
    cafe.access = is_on(5) ? access_mode::readwrite : access_mode::owner;
    cafe.hardening.temp_file_limit = {is_on(0) ? "1GB" : "", "why", here};
    cafe.hardening.idle_in_transaction_session_timeout = {is_on(1) ? "30s" : "", "why", here};
    cafe.hardening.wal_messages = {access(2), "why", here};
    cafe.hardening.advisory_locks = {access(3), "", here};
    cafe.hardening.large_objects = {access(4), "", here};
    const auto all = estate_of({cafe, service("erp", 20)});
    for (const int major : {13, 16, 18}) {
      EXPECT_TRUE(plan_again(all, proved_server(all, major)).empty())
          << switches << "\n"
          << all_sql(plan_again(all, proved_server(all, major)));
    }
  }
}

}  // namespace
}  // namespace innkeeper
