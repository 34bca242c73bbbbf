#include "core/pgbouncer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/core/estates.h"

namespace innkeeper {
namespace {

struct pgbouncer : testing::Test {
  pgbouncer() {
    all.services[0].via = all.services[1].via = "pooled";
    all.services[1].pool = pool_declaration{.size = 25, .replicas = 4};
    all.services[1].access = access_mode::readwrite;
    all.servers.front().endpoints.push_back(
        {.name = "pooled",
         .address = {"127.0.0.1", 6432},
         .pooler = pooler_declaration{.is_ours = true, .user = {"innkeeper_pooler"}, .directory = "/etc/pgbouncer"},
         .where = {"innkeeper.yaml", 5, 7}});
  }

  endpoint_declaration& way() { return all.servers.front().endpoints.front(); }
  pgbouncer_files print(std::map<role_name, secret> verifiers = {}) {
    return print_pgbouncer({.all = all,
                            .server = all.servers.front(),
                            .way = way(),
                            .to_server = to_server,
                            .own_password = secret{"own\"secret"},
                            .verifiers = std::move(verifiers)});
  }

  estate all = test::estate_of({test::service("cafe", 10), test::service("erp", 20), test::service("till", 30)});
  conninfo to_server{.endpoints = {{"db.example", 5433}}};
};

TEST_F(pgbouncer, has_a_database_for_each_service_behind_it_and_seats_by_its_limits) {
  const auto files = print();
  EXPECT_EQ(files.configuration,
            ";; PgBouncer for endpoint \"pooled\" of server \"shared\", estate \"cafe-erp\". Made by innkeeper render "
            "pgbouncer; changes made here are lost.\n"
            "\n[databases]\n"
            "cafe = host='db.example' port=5433 auth_user=innkeeper_pooler pool_size=14 reserve_pool=3\n"
            "erp = host='db.example' port=5433 auth_user=innkeeper_pooler pool_size=16 reserve_pool=3\n"
            "\n[users]\n"
            "innkeeper_pooler = max_user_connections=4\n"
            "\n[pgbouncer]\n"
            "listen_addr = 127.0.0.1\n"
            "listen_port = 6432\n"
            "unix_socket_dir = \n"
            "auth_type = scram-sha-256\n"
            "auth_file = /etc/pgbouncer/userlist.txt\n"
            "auth_query = SELECT usename, passwd FROM \"innkeeper__pooler\".log_in($1)\n"
            "admin_users = innkeeper_pooler\n"
            "pool_mode = transaction\n"
            "server_reset_query = \n"
            "max_client_conn = 220\n"
            "ignore_startup_parameters = extra_float_digits\n"
            "server_login_retry = 1\n");
  EXPECT_EQ(files.users.expose(), "\"innkeeper_pooler\" \"own\"\"secret\"\n");
}

TEST_F(pgbouncer, speaks_tls_to_the_server_as_services_would_and_to_clients_as_the_endpoint_says) {
  to_server.parameters = {{"sslmode", "verify-full"}, {"sslrootcert", "/ca.crt"}};
  way().sslmode = "verify-full";
  way().address.host = "pool.infra";
  way().pooler->mode = pool_mode::session;
  const auto files = print();
  for (const char* line :
       {"server_tls_sslmode = verify-full\n", "server_tls_ca_file = /ca.crt\n", "client_tls_sslmode = require\n",
        "client_tls_cert_file = /etc/pgbouncer/server.crt\n", "client_tls_key_file = /etc/pgbouncer/server.key\n",
        "listen_addr = *\n", "pool_mode = session\n", "server_reset_query = DISCARD ALL\n"}) {
    EXPECT_NE(files.configuration.find(line), std::string::npos) << line;
  }
  EXPECT_EQ(files.notes, (std::vector<std::string>{
                             "clients reach PgBouncer over TLS: put a certificate for pool.infra into "
                             "\"/etc/pgbouncer/server.crt\", and its key into \"/etc/pgbouncer/server.key\""}));
}

TEST_F(pgbouncer, holds_verifiers_where_it_does_not_ask) {
  way().pooler->authentication = pooler_authentication::userlist;
  const auto files = print({{{"we\"ird"}, secret{"SCRAM-SHA-256$1"}}, {{"cafe_user"}, secret{"SCRAM-SHA-256$2"}}});
  EXPECT_EQ(files.configuration.find("auth_"), files.configuration.find("auth_type"));
  EXPECT_NE(files.configuration.find("\n[users]\ncafe_user = max_user_connections=17\ncafe_user_b = "
                                     "max_user_connections=17\nerp_user = max_user_connections=19\n"
                                     "erp_user_b = max_user_connections=19\n\n"),
            std::string::npos);
  EXPECT_EQ(files.configuration.find("auth_query"), std::string::npos);
  EXPECT_EQ(files.users.expose(),
            "\"innkeeper_pooler\" \"own\"\"secret\"\n\"cafe_user\" \"SCRAM-SHA-256$2\"\n"
            "\"we\"\"ird\" \"SCRAM-SHA-256$1\"\n");
}

TEST_F(pgbouncer, gives_no_log_in_of_a_shared_database_more_than_its_own_limit) {
  all.services[1].database.value = {"cafe"};
  all.services[1].connections.value = 9;
  EXPECT_NE(print().configuration.find("auth_user=innkeeper_pooler pool_size=7 reserve_pool=1\n"), std::string::npos);
  way().pooler->authentication = pooler_authentication::userlist;
  EXPECT_NE(print().configuration.find("port=5433 pool_size=14 reserve_pool=3\n"), std::string::npos);
  EXPECT_NE(print().configuration.find("erp_user = max_user_connections=8\n"), std::string::npos);
}

TEST_F(pgbouncer, refuses_names_that_it_can_not_say_and_an_endpoint_that_nobody_uses) {
  all.services[0].database.value = {"odd name"};
  all.services[1].database.value = {"pgbouncer"};
  auto problems = print().problems;
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].message, "PgBouncer can't name database \"odd name\"");
  EXPECT_EQ(problems[1].message, "PgBouncer can't name database \"pgbouncer\"");
  for (auto& one : all.services) one.via.clear();
  problems = print().problems;
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].message, "no service goes by endpoint \"pooled\"");
}

TEST_F(pgbouncer, is_asked_for_by_desired_databases_and_no_other_ones) {
  const auto desired = derive_desired(all, all.servers.front());
  const auto find = [&](const std::string& name) {
    return *std::ranges::find(desired.databases, database_name{name}, &desired_database::name);
  };
  EXPECT_EQ(find("cafe").lookup->users, (std::vector<role_name>{{"innkeeper_pooler"}}));
  EXPECT_EQ(find("cafe").connection_limit, 20 + admin_connections + pooler_connections);
  EXPECT_FALSE(find("till").lookup);
  EXPECT_TRUE(desired.pools.empty()) << "those are connections to the pooler";
  way().pooler->authentication = pooler_authentication::userlist;
  for (const auto& one : derive_desired(all, all.servers.front()).databases) EXPECT_FALSE(one.lookup);
}

TEST_F(pgbouncer, of_a_plain_admin_is_told_what_only_a_superuser_can_make) {
  const auto desired = derive_desired(all, all.servers.front());
  const auto made = make_plan(desired, test::fresh_server(15, false), {}, {});
  int told = 0;
  for (const auto& one : made.attentions) {
    if (one.statement.find("innkeeper__pooler") == std::string::npos) continue;
    ++told;
    EXPECT_NE(one.text.find("say auth: userlist"), std::string::npos) << one.text;
    EXPECT_EQ(one.who, "a superuser");
    EXPECT_FALSE(one.fails_service);
  }
  EXPECT_EQ(told, 2);
  for (const auto& one : made.steps) EXPECT_NE(name_of(one), "create_lookup");
}

}  // namespace
}  // namespace innkeeper
