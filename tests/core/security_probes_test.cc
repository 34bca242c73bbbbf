// Each probe that the catalogs answer, with one hole planted in what was observed. The same holes on a real server are
// in tests/pg/holes_test.cc; here are also those that a real one can't be brought to in a test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>

#include "core/limits.h"
#include "core/probe.h"
#include "core/secret_look.h"
#include "tests/core/proved_server.h"

namespace innkeeper {
namespace {

using test::estate_of;
using test::given;
using test::proved_server;
using test::service;
using testing::HasSubstr;

const role_name admin{"admin_user"};

estate three_services() {
  auto cafe = service("cafe");
  cafe.readers = {{"treasury", cafe.where, false}};
  auto erp = service("erp", 20);
  erp.access = access_mode::readwrite;
  return estate_of({cafe, erp, service("treasury", 30)});
}

proof_report judged(const estate& all, const observed_server& server) {
  const auto desired = derive_desired(all, all.servers.front());
  const proof_facts facts{all, desired, server, {}};
  return judge_proof(facts, {}, {}, {});
}

std::string shown(const proof_report& report) {
  std::string text;
  for (const auto& one : report.findings) {
    text += one.probe + " " + std::string{to_string(one.says)} + ": " + one.text + " | " + one.statement + "\n";
  }
  return text;
}

observed_database& database(observed_server& server, const std::string& name) {
  return *std::ranges::find(server.databases, database_name{name}, &observed_database::name);
}

observed_role& role(observed_server& server, const std::string& name) {
  return *std::ranges::find(server.roles, role_name{name}, &observed_role::name);
}

granted_objects table(const std::string& privileges, const role_name& grantee,
                      const role_name& grantor = {"cafe_owner"}) {
  return {.kind = 'r',
          .schema = {"public"},
          .owner = {"cafe_owner"},
          .example = "public.orders",
          .privileges = {given({"cafe_owner"}, "arwdDxt", {"cafe_owner"}), given(grantee, privileges, grantor)}};
}

granted_objects function(const role_name& owner, acl privileges) {
  return {.kind = 'f',
          .schema = {"public"},
          .owner = owner,
          .example = "public.pay(integer)",
          .privileges = std::move(privileges),
          .is_security_definer = true};
}

void plant(observed_server& server, const granted_objects& one, const std::string& where = "cafe") {
  database(server, where).security->objects.push_back(one);
}

void set(observed_server& server, const std::string& name, const std::string& value) {
  server.parameters_of_server.push_back({.name = name, .value = value});
}

struct planted {
  std::string name;
  std::function<void(observed_server&)> plant;
  std::string finding;  // as shown() prints it
};

void PrintTo(const planted& one, std::ostream* to) {
  *to << one.name;
}

class planted_hole : public testing::TestWithParam<planted> {};

TEST_P(planted_hole, is_the_one_thing_that_is_found) {
  const auto all = three_services();
  auto server = proved_server(all);
  GetParam().plant(server);
  EXPECT_EQ(shown(judged(all, server)), GetParam().finding + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    objects, planted_hole,
    testing::Values(
        planted{"table_for_all", [](auto& server) { plant(server, table("r", {})); },
                "P4 leak: every role that is in holds SELECT on table public.orders of database \"cafe\" | "
                "REVOKE SELECT ON TABLE public.orders FROM PUBLIC;"},
        planted{"table_for_a_neighbour", [](auto& server) { plant(server, table("rw", {"erp_rw"})); },
                "P4 leak: role \"erp_rw\" holds SELECT, UPDATE on table public.orders of database \"cafe\" | "
                "REVOKE SELECT, UPDATE ON TABLE public.orders FROM \"erp_rw\";"},
        planted{"tables_for_a_neighbour",
                [](auto& server) {
                  auto many = table("r", {"erp_rw"});
                  many.count = 3;
                  plant(server, many);
                },
                "P4 leak: role \"erp_rw\" holds SELECT on 3 tables of schema \"public\", such as public.orders of "
                "database \"cafe\" | REVOKE SELECT ON ALL TABLES IN SCHEMA \"public\" FROM \"erp_rw\";"},
        planted{"table_given_on_by_another", [](auto& server) { plant(server, table("r", {"erp_rw"}, {"cafe_rw"})); },
                "P4 leak: role \"erp_rw\" holds SELECT on table public.orders of database \"cafe\" | "
                "SET ROLE \"cafe_rw\"; REVOKE SELECT ON TABLE public.orders FROM \"erp_rw\"; RESET ROLE;"},
        planted{"columns_for_a_neighbour",
                [](auto& server) {
                  auto columns = table("rw", {"erp_rw"});
                  columns.kind = 'c';
                  columns.columns = "name, iban";
                  plant(server, columns);
                },
                "P4 leak: role \"erp_rw\" holds SELECT, UPDATE on column name, iban of table public.orders of database "
                "\"cafe\" | REVOKE SELECT (name, iban), UPDATE (name, iban) ON TABLE public.orders FROM \"erp_rw\";"},
        planted{"function_of_a_service_for_all",
                [](auto& server) {
                  auto one = function({"cafe_owner"}, {});
                  one.is_default = true;
                  plant(server, one);
                },
                "P5 leak: every role that is in holds EXECUTE on function public.pay(integer) of database \"cafe\" | "
                "REVOKE EXECUTE ON ROUTINE public.pay(integer) FROM PUBLIC;"},
        planted{
            "function_of_a_superuser_for_a_service",
            [](auto& server) { plant(server, function({"postgres"}, {given({"cafe_owner"}, "X", {"postgres"})})); },
            "P31 leak: role \"cafe_owner\" may call public.pay(integer) of database \"cafe\", which acts as superuser "
            "\"postgres\" | REVOKE EXECUTE ON ROUTINE public.pay(integer) FROM \"cafe_owner\";"},
        planted{"large_object_for_a_neighbour",
                [](auto& server) {
                  plant(server, {.kind = 'L',
                                 .owner = {"cafe_owner"},
                                 .example = "16400",
                                 .privileges = {given({"erp_owner"}, "r", {"cafe_owner"})}});
                },
                "P6 leak: role \"erp_owner\" holds SELECT on large object 16400 of database \"cafe\" | "
                "REVOKE SELECT ON LARGE OBJECT 16400 FROM \"erp_owner\";"},
        planted{"large_object_of_a_neighbour",
                [](auto& server) {
                  plant(server, {.kind = 'L', .owner = {"erp_owner"}, .example = "16400", .is_default = true});
                },
                "P6 leak: large object 16400 of database \"cafe\" belongs to \"erp_owner\" | "
                "ALTER LARGE OBJECT 16400 OWNER TO \"cafe_owner\";"},
        planted{"schema_of_no_manifest_for_all",
                [](auto& server) {
                  plant(server, {.kind = 'n',
                                 .schema = {"reports"},
                                 .owner = {"cafe_owner"},
                                 .example = "\"reports\"",
                                 .privileges = {given({}, "U", {"cafe_owner"})}});
                },
                "P8 leak: every role that is in holds USAGE on schema \"reports\" of database \"cafe\" | "
                "REVOKE USAGE ON SCHEMA \"reports\" FROM PUBLIC;"},
        planted{"grant_option_on_a_table",
                [](auto& server) {
                  auto one = table("r", {"treasury_user"});
                  one.owner = {"cafe_owner"};
                  one.privileges.back().grantee = {"cafe_ro"};
                  one.privileges.back().grantable = "r";
                  plant(server, one);
                },
                "P19 leak: role \"cafe_ro\" may give SELECT on table public.orders of database \"cafe\" to others | "
                "REVOKE GRANT OPTION FOR SELECT ON TABLE public.orders FROM \"cafe_ro\" CASCADE;"}),
    [](const auto& each) { return each.param.name; });

granted_objects changed(char kind, const std::string& example, const std::string& privileges, const role_name& to) {
  return {.kind = kind,
          .schema = {"pg_catalog"},
          .owner = {"postgres"},
          .example = example,
          .privileges = {given({"postgres"}, privileges, {"postgres"}), given(to, privileges, {"postgres"})},
          .initial = {given({"postgres"}, privileges, {"postgres"})},
          .is_given = true};
}

INSTANTIATE_TEST_SUITE_P(
    server, planted_hole,
    testing::Values(
        planted{"verifiers_readable", [](auto& server) { plant(server, changed('r', "pg_authid", "r", {})); },
                "P24 leak: every role that is in holds SELECT on table pg_authid of database \"cafe\" | "
                "REVOKE SELECT ON TABLE pg_authid FROM PUBLIC;"},
        planted{"files_readable",
                [](auto& server) { plant(server, changed('f', "pg_read_file(text)", "X", {"cafe_owner"})); },
                "P25 leak: role \"cafe_owner\" holds EXECUTE on function pg_read_file(text) of database \"cafe\" | "
                "REVOKE EXECUTE ON ROUTINE pg_read_file(text) FROM \"cafe_owner\";"},
        planted{"files_writable",
                [](auto& server) { plant(server, changed('f', "lo_export(oid,text)", "X", {"cafe_owner"})); },
                "P26 leak: role \"cafe_owner\" holds EXECUTE on function lo_export(oid,text) of database \"cafe\" | "
                "REVOKE EXECUTE ON ROUTINE lo_export(oid,text) FROM \"cafe_owner\";"},
        planted{"server_steered",
                [](auto& server) { plant(server, changed('f', "pg_reload_conf()", "X", {"cafe_owner"})); },
                "P32 leak: role \"cafe_owner\" holds EXECUTE on function pg_reload_conf() of database \"cafe\" | "
                "REVOKE EXECUTE ON ROUTINE pg_reload_conf() FROM \"cafe_owner\";"},
        planted{"c_for_all",
                [](auto& server) {
                  database(server, "cafe").security->languages.push_back({"c", true, true});
                },
                "P27 leak: whoever may create functions in database \"cafe\" may write them in c, which runs as the "
                "server | UPDATE pg_catalog.pg_language SET lanpltrusted = false WHERE lanname = 'c';"},
        planted{"untrusted_function",
                [](auto& server) {
                  auto one = function({"postgres"}, {given({"cafe_owner"}, "X", {"postgres"})});
                  one.is_security_definer = false;
                  one.language = "plpython3u";
                  plant(server, one);
                },
                "P27 leak: role \"cafe_owner\" may call public.pay(integer) of database \"cafe\", in the untrusted "
                "language plpython3u | REVOKE EXECUTE ON ROUTINE public.pay(integer) FROM \"cafe_owner\";"},
        planted{"dblink",
                [](auto& server) {
                  database(server, "cafe").contents->extensions.push_back({{"dblink"}, "1.2", {"public"}});
                },
                "P28 leak: extension \"dblink\" is installed in database \"cafe\", which nothing declares | "
                "DROP EXTENSION \"dblink\";"},
        planted{"harmless_extension",
                [](auto& server) {
                  database(server, "cafe").contents->extensions.push_back({{"citext"}, "1.6", {"public"}});
                },
                "P29 advice: extension \"citext\" is installed in database \"cafe\", which nothing declares | "
                "DROP EXTENSION \"citext\";"},
        planted{"wrapper_for_a_service",
                [](auto& server) {
                  plant(server, {.kind = 'w',
                                 .owner = {"postgres"},
                                 .example = "postgres_fdw",
                                 .privileges = {given({"cafe_owner"}, "U", {"postgres"})}});
                },
                "P29 leak: role \"cafe_owner\" holds USAGE on foreign data wrapper postgres_fdw of database \"cafe\" | "
                "REVOKE USAGE ON FOREIGN DATA WRAPPER postgres_fdw FROM \"cafe_owner\";"},
        planted{"mapping_without_password",
                [](auto& server) {
                  plant(server, {.kind = 's', .owner = {"postgres"}, .example = "loopback"});
                  database(server, "cafe").security->user_mappings = {{"loopback", {"cafe_user"}, false}};
                },
                "P30 leak: role \"cafe_user\" goes through foreign server loopback of database \"cafe\" without a "
                "password of its own | ALTER USER MAPPING FOR \"cafe_user\" SERVER loopback OPTIONS (SET "
                "password_required 'true');"},
        planted{"password_among_a_server_s_options",
                [](auto& server) {
                  plant(server,
                        {.kind = 's', .owner = {"postgres"}, .example = "remote", .password_option = "password"});
                },
                "P36 leak: option password of foreign server remote in database \"cafe\" looks like a secret, and "
                "whoever is in can read it | ALTER SERVER remote OPTIONS (DROP password);"},
        planted{"publication_of_all",
                [](auto& server) {
                  database(server, "cafe").security->publications.push_back({"feed", {"postgres"}});
                },
                "P23 leak: publication feed offers every table of database \"cafe\" | DROP PUBLICATION feed;"},
        planted{
            "event_trigger_of_a_service",
            [](auto& server) {
              database(server, "cafe").security->event_triggers.push_back({"spy", {"cafe_owner"}});
            },
            "P23 leak: event trigger spy of database \"cafe\" runs a function of \"cafe_owner\" as whoever changes a "
            "schema | DROP EVENT TRIGGER spy;"},
        planted{"parameter_for_a_service",
                [](auto& server) {
                  server.security->parameters.push_back({"log_statement", {given({"cafe_user"}, "s", {"postgres"})}});
                },
                "P33 leak: role \"cafe_user\" may SET parameter \"log_statement\" | "
                "REVOKE ALL ON PARAMETER \"log_statement\" FROM \"cafe_user\";"},
        planted{"planted_in_template1",
                [](auto& server) {
                  server.security->in_templates.push_back({{"template1"}, {"erp_user"}, 1});
                },
                "P13 leak: 1 object of template \"template1\" belongs or is given to \"erp_user\": each new database "
                "copies it | DROP OWNED BY \"erp_user\";"},
        planted{
            "prepared_transactions", [](auto& server) { set(server, "max_prepared_transactions", "20"); },
            "P44 leak: every log-in may prepare transactions, 20 on this server, which outlive its session and keep "
            "their locks | ALTER SYSTEM SET max_prepared_transactions = 0;"},
        planted{"slot_on_a_service",
                [](auto& server) {
                  set(server, "max_slot_wal_keep_size", "1024");
                  server.security->slots.push_back({"cdc", true, {"cafe"}, true});
                },
                "P44 leak: replication slot \"cdc\" hands out every change of database \"cafe\" | "
                "SELECT pg_catalog.pg_drop_replication_slot('cdc');"},
        planted{"old_minor", [](auto& server) { server.version_num = 150017; },
                "P45 leak: PostgreSQL 15.17 lacks the fix of CVE-2026-6473 (memory overwritten by any log-in) | "},
        planted{"not_the_newest_minor", [](auto& server) { server.version_num = 150018; },
                "P45 advice: PostgreSQL 15.18 is not the newest release of 15 | "},
        planted{
            "database_of_a_stranger",
            [](auto& server) {
              server.roles.push_back({.name = {"bob"}});
              database(server, "cafe").owner = {"bob"};
            },
            "P14 advice: database \"cafe\" belongs to \"bob\", which can open it to others | ALTER DATABASE \"cafe\" "
            "OWNER TO \"admin_user\";"},
        planted{
            "verifiers_readable_by_column",
            [](auto& server) {
              auto column = changed('c', "pg_authid", "r", {"cafe_user"});
              column.privileges.erase(column.privileges.begin());
              column.initial.clear();
              column.is_given = false;
              column.columns = "rolpassword";
              plant(server, column);
            },
            "P24 leak: role \"cafe_user\" holds SELECT on column rolpassword of table pg_authid of database \"cafe\" | "
            "REVOKE SELECT (rolpassword) ON TABLE pg_authid FROM \"cafe_user\";"},
        planted{"tablespace_for_all",
                [](auto& server) {
                  server.security->tablespaces.push_back({"fast", {"postgres"}, {given({}, "C", {"postgres"})}});
                },
                "N14 leak: every role may fill tablespace \"fast\" | REVOKE ALL ON TABLESPACE \"fast\" FROM PUBLIC;"}),
    [](const auto& each) { return each.param.name; });

INSTANTIATE_TEST_SUITE_P(
    secrets, planted_hole,
    testing::Values(
        planted{"token_among_settings",
                [](auto& server) { role(server, "cafe_user").settings["app.jwt_secret"] = "x1y2z3"; },
                "P36 leak: setting \"app.jwt_secret\" of role \"cafe_user\" looks like a secret, and every log-in can "
                "read it | ALTER ROLE \"cafe_user\" RESET \"app\".\"jwt_secret\";"},
        planted{
            "uri_among_a_database_s_settings",
            [](auto& server) { database(server, "cafe").settings["app.upstream"] = "amqp://bus:hunter2@queue/"; },
            "P36 leak: setting \"app.upstream\" of database \"cafe\" looks like a secret, and every log-in can read "
            "it | ALTER DATABASE \"cafe\" RESET \"app\".\"upstream\";"},
        planted{"password_in_a_comment", [](auto& server) { role(server, "erp_user").comment = "password=hunter2"; },
                "P36 leak: the comment on role \"erp_user\" looks like a secret, and every log-in can read it | "
                "COMMENT ON ROLE \"erp_user\" IS NULL;"},
        planted{"md5", [](auto& server) { role(server, "erp_user").verifier = secret{"md5" + std::string(32, 'a')}; },
                "P40 leak: the password of log-in \"erp_user\" is kept as md5, which is enough to log in with | "},
        planted{"one_password_for_two",
                [](auto& server) { role(server, "erp_user").verifier = test::verifier_of({"cafe_user"}); },
                "P40 leak: log-ins \"cafe_user\" and \"erp_user\" have the same password | "},
        planted{"verifiers_unknown",
                [](auto& server) {
                  for (auto& one : server.roles) one.verifier = unknown_fact{};
                },
                "P40 unprovable: how the passwords of \"cafe_user\", \"erp_user\", \"erp_migrator\", \"treasury_user\" "
                "are kept can't be read | GRANT SELECT (rolname, rolpassword) ON pg_catalog.pg_authid TO "
                "\"admin_user\";"},
        planted{"new_passwords_as_md5", [](auto& server) { set(server, "password_encryption", "md5"); },
                "P40 advice: the server keeps new passwords as md5 | ALTER SYSTEM SET password_encryption = "
                "'scram-sha-256'; SELECT pg_catalog.pg_reload_conf();"},
        planted{
            "temporary_files", [](auto& server) { role(server, "cafe_user").settings.erase("temp_file_limit"); },
            "P42 advice: nothing bounds the temporary files of \"cafe_user\": they can fill the disk that all share "
            "| ALTER ROLE \"cafe_user\" SET temp_file_limit = '10GB';"}),
    [](const auto& each) { return each.param.name; });

INSTANTIATE_TEST_SUITE_P(
    neighbours, planted_hole,
    testing::Values(
        planted{"too_few_seats",
                [](auto& server) {
                  set(server, "max_connections", "50");
                  set(server, "superuser_reserved_connections", "3");
                },
                "N1 advice: the connection limits of all services add up to 72, and the server has 47 seats for them | "
                "ALTER SYSTEM SET max_connections = 75;"},
        planted{"no_limit_of_its_own", [](auto& server) { role(server, "cafe_user").connection_limit = -1; },
                "N1 advice: log-in \"cafe_user\" has no connection limit of its own | ALTER ROLE \"cafe_user\" "
                "CONNECTION LIMIT 20;"},
        planted{
            "locks",
            [](auto& server) {
              server.security->lock_holders.push_back({77, {"cafe"}, {"cafe_user"}, 5000});
            },
            "N3 advice: a session of role \"cafe_user\" in database \"cafe\" holds 5000 locks of some 6400 that all "
            "share | SELECT pg_catalog.pg_terminate_backend(77);"},
        planted{"notifications", [](auto& server) { server.security->notification_queue = 0.75; },
                "N4 advice: the queue of NOTIFY is 75% full; full, nobody on the server can notify | "},
        planted{"long_transaction",
                [](auto& server) {
                  server.security->long_transactions.push_back({77, {"cafe"}, {"cafe_user"}, 7300});
                },
                "N6 advice: a session of role \"cafe_user\" in database \"cafe\" has been in a transaction for 121 "
                "minutes | SELECT pg_catalog.pg_terminate_backend(77);"},
        planted{
            "not_frozen",
            [](auto& server) {
              server.security->ages = {{{"cafe"}, 900'000'000, 0}, {{"erp"}, 100'000'000, 0}};
            },
            "N9 advice: database \"cafe\" has 900000000 transactions that could not be frozen; at 2,000,000,000 the "
            "server takes no more writes, for anybody | VACUUM (FREEZE);"},
        planted{
            "slow_vacuum",
            [](auto& server) {
              database(server, "cafe")
                  .security->slow_vacuums.push_back({{"public"}, {"cafe_owner"}, 1, "public.orders"});
            },
            "N10 advice: 1 table of schema \"public\" in database \"cafe\", such as public.orders, keeps a worker of "
            "autovacuum, which all share, at its own pace | ALTER TABLE public.orders RESET "
            "(autovacuum_vacuum_cost_delay, autovacuum_vacuum_cost_limit);"},
        planted{"idle_slot",
                [](auto& server) {
                  set(server, "max_slot_wal_keep_size", "1024");
                  server.security->slots.push_back({"standby2", false, {}, false});
                },
                "N19 advice: replication slot \"standby2\" is not in use and keeps all WAL written since | "
                "SELECT pg_catalog.pg_drop_replication_slot('standby2');"}),
    [](const auto& each) { return each.param.name; });

observed_hba_rule rule(const std::string& type, const std::string& databases, const std::string& users,
                       const std::string& method, const std::string& address = {}, const std::string& mask = {}) {
  return {.line = 4,
          .type = type,
          .databases = {databases},
          .users = {users},
          .address = address,
          .netmask = mask,
          .method = method};
}

std::string hba_findings(std::vector<observed_hba_rule> rules, const std::string& listens = "",
                         const std::function<void(estate&)>& change = {}) {
  auto all = three_services();
  if (change) change(all);
  auto server = proved_server(all);
  server.security->hba_rules = std::move(rules);
  set(server, "listen_addresses", listens);
  auto desired = derive_desired(all, all.servers.front());
  desired.hardening = all.servers.front().hardening;
  const proof_facts facts{all, desired, server, {}};
  return shown(judge_proof(facts, {}, {}, {}));
}

TEST(hba_rules, that_trust_are_a_leak_for_the_log_ins_that_they_decide_about) {
  EXPECT_EQ(hba_findings({rule("local", "all", "cafe_user", "trust")}),
            "P39 leak: line 4 of pg_hba.conf lets \"cafe_user\" in without a password | \n");
  EXPECT_EQ(hba_findings({rule("local", "all", "all", "reject"), rule("local", "all", "all", "trust")}), "");
  EXPECT_EQ(hba_findings({rule("local", "erp", "all", "scram-sha-256"), rule("local", "erp", "all", "trust")}), "");
  EXPECT_EQ(hba_findings({rule("local", "cafe", "erp_user", "trust")}), "") << "which it may not enter anyway";
  EXPECT_THAT(hba_findings({rule("local", "sameuser", "all", "trust")}), HasSubstr("lets \"postgres\" in without"));
  EXPECT_THAT(hba_findings({rule("local", "all", "+cafe_access", "trust")}),
              HasSubstr("lets \"cafe_user\", \"treasury_user\" in"));
  EXPECT_THAT(hba_findings({rule("local", "samerole", "all", "trust")}), HasSubstr("lets \"postgres\" in without"));
  EXPECT_THAT(hba_findings({rule("local", "all", "/^cafe", "trust")}), HasSubstr("lets \"cafe_user\""));
  EXPECT_THAT(hba_findings({rule("local", "all", "/^cafe", "reject"), rule("local", "all", "cafe_user", "trust")}),
              HasSubstr("lets \"cafe_user\" in"))
      << "a pattern closes nothing for sure";
}

TEST(hba_rules, that_trust_superusers_or_replication_are_a_leak_of_everything) {
  EXPECT_EQ(hba_findings({rule("local", "all", "postgres", "trust")}),
            "P39 leak: line 4 of pg_hba.conf lets \"postgres\" in without a password | \n");
  EXPECT_EQ(hba_findings({rule("host", "replication", "all", "trust", "127.0.0.1", "255.255.255.255")}),
            "P39 leak: line 4 of pg_hba.conf lets \"admin_user\", \"postgres\" in without a password | \n");
}

TEST(hba_rules, count_only_where_no_earlier_line_covers_their_addresses) {
  const auto wide = rule("host", "all", "all", "scram-sha-256", "0.0.0.0", "0.0.0.0");
  const auto narrow = rule("host", "all", "erp_user", "trust", "10.1.0.0", "255.255.0.0");
  EXPECT_EQ(hba_findings({wide, narrow}), "");
  EXPECT_THAT(hba_findings({narrow, wide}), HasSubstr("P39 leak"));
  EXPECT_THAT(hba_findings({rule("hostssl", "all", "all", "scram-sha-256", "all"), narrow}), HasSubstr("P39 leak"))
      << "without TLS it is still reached";
  EXPECT_THAT(hba_findings({rule("host", "all", "all", "reject", "::", "::"), narrow}), HasSubstr("P39 leak"));
  EXPECT_THAT(hba_findings({rule("host", "all", "all", "reject", "10.1.2.0", "255.255.255.0"), narrow}),
              HasSubstr("P39 leak"));
  EXPECT_EQ(hba_findings({rule("host", "all", "all", "reject", "10.0.0.0", "255.0.0.0"), narrow}), "");
}

TEST(hba_rules, of_weaker_methods_are_advice_unless_the_manifest_is_strict) {
  for (const std::string method : {"md5", "password", "ident"}) {
    EXPECT_THAT(hba_findings({rule("local", "all", "all", method)}), HasSubstr("P39 advice: line 4")) << method;
  }
  EXPECT_EQ(hba_findings({rule("local", "all", "all", "peer")}), "");
  auto mapped = rule("local", "all", "all", "peer");
  mapped.options = {"map=people"};
  EXPECT_THAT(hba_findings({mapped}), HasSubstr("P39 advice"));
  EXPECT_THAT(hba_findings({rule("local", "all", "all", "md5")}, "",
                           [](estate& all) { all.servers.front().hardening.pg_hba.value = hba_rule::strict; }),
              HasSubstr("P39 leak: line 4"));
  EXPECT_EQ(hba_findings({rule("local", "all", "all", "md5")}, "",
                         [](estate& all) { all.servers.front().hardening.pg_hba.value = hba_rule::off; }),
            "");
}

TEST(hba_rules, without_tls_are_told_where_the_server_listens_to_other_machines) {
  const auto open = rule("host", "all", "all", "scram-sha-256", "10.0.0.0", "255.0.0.0");
  EXPECT_EQ(hba_findings({open}, "localhost"), "");
  EXPECT_THAT(hba_findings({open}, "*"), HasSubstr("P39 advice: line 4 of pg_hba.conf lets \"cafe_user\""));
  EXPECT_THAT(
      hba_findings({open}, "*", [](estate& all) { all.servers.front().hardening.tls.value = tls_rule::require; }),
      HasSubstr("P39 leak"));
  EXPECT_EQ(hba_findings({rule("hostssl", "all", "all", "scram-sha-256", "10.0.0.0", "255.0.0.0")}, "*"), "");
  EXPECT_EQ(hba_findings({rule("host", "all", "all", "scram-sha-256", "127.0.0.1", "255.255.255.255")}, "*"), "");
}

TEST(hba_rules, prove_nothing_where_the_server_did_not_take_them) {
  auto broken = rule("", "", "", "");
  broken.error = "invalid authentication method \"scam\"";
  EXPECT_THAT(hba_findings({broken}), HasSubstr("P39 unprovable: line 4 of pg_hba.conf has an error"));
  const auto all = three_services();
  auto server = proved_server(all);
  server.security->hba_file_is_newer = true;
  EXPECT_EQ(shown(judged(all, server)),
            "P39 unprovable: pg_hba.conf was changed after the server read it: what holds can't be seen | "
            "SELECT pg_catalog.pg_reload_conf();\n");
  server = proved_server(all);
  server.can.may_read_hba_rules = false;
  EXPECT_EQ(
      shown(judged(all, server)),
      "P39 unprovable: which log-ins pg_hba.conf lets in without a password can't be read | GRANT SELECT ON "
      "pg_catalog.pg_hba_file_rules TO \"admin_user\"; GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO "
      "\"admin_user\";\n");
}

TEST(secrets, are_known_by_their_look) {
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"app.jwt", "x"},
                                                        {"my.stripe_key", "rk"},
                                                        {"app.db_password", "a b"},
                                                        {"app.x", "postgres://u:p@h/d"},
                                                        {"app.y", "host=h password=p"},
                                                        {"app.z", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.x"},
                                                        {"app.k", "AKIAIOSFODNN7EXAMPLE"},
                                                        {"app.c", "-----BEGIN RSA PRIVATE KEY-----"},
                                                        {"search_path", "password=p"}}) {
    EXPECT_TRUE(setting_looks_secret(name, value)) << name;
  }
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"search_path", "public, extensions"},
                                                        {"statement_timeout", "5s"},
                                                        {"app.tenant", "42"},
                                                        {"password_encryption", "scram-sha-256"},
                                                        {"app.url", "https://example.org/a:b"},
                                                        {"app.max_tokens", "100"},
                                                        {"app.token_required", "on"},
                                                        {"pgaudit.log", "ddl"},
                                                        {"role", "cafe_owner"},
                                                        {"app.task", "task-force-of-the-year"}}) {
    EXPECT_FALSE(setting_looks_secret(name, value)) << name;
  }
  EXPECT_FALSE(value_looks_secret("password: see the vault"));
  EXPECT_FALSE(value_looks_secret("innkeeper estate=secret-garden"));
}

TEST(probes, neither_mistake_readers_nor_twins_for_strangers) {
  const auto all = three_services();
  auto server = proved_server(all);
  auto readable = table("r", {"cafe_ro"});
  readable.privileges.push_back(given({"cafe_rw"}, "arwd", {"cafe_owner"}));
  readable.privileges.push_back(given({"exporter"}, "r", {"cafe_owner"}));
  plant(server, readable);
  plant(server,
        {.kind = 'T', .schema = {"public"}, .owner = {"cafe_owner"}, .example = "public.mood", .is_default = true});
  auto of_extension = changed('r', "extensions.spatial_ref_sys", "r", {});
  of_extension.schema = {"extensions"};
  of_extension.initial = of_extension.privileges;
  plant(server, of_extension);
  EXPECT_EQ(shown(judged(all, server)), "");
}

TEST(probes, ask_of_undeclared_databases_only_what_services_can_reach) {
  const auto all = three_services();
  auto server = proved_server(all);
  server.databases.push_back({.name = {"legacy"}, .owner = admin, .privileges = {given(admin, "CTc", admin)}});
  server.databases.back().security = database_security{};
  plant(server, table("r", {}), "legacy");
  plant(server, table("r", {"erp_rw"}), "legacy");
  EXPECT_EQ(shown(judged(all, server)), "") << "nobody can enter";
  database(server, "legacy").privileges.push_back(given({"erp_rw"}, "c", admin));
  EXPECT_EQ(shown(judged(all, server)),
            "P10 leak: log-in \"erp_user\" holds CONNECT on undeclared database \"legacy\" | "
            "REVOKE ALL ON DATABASE \"legacy\" FROM \"erp_rw\";\n"
            "P4 leak: role \"erp_rw\" holds SELECT on table public.orders of undeclared database \"legacy\" | "
            "REVOKE SELECT ON TABLE public.orders FROM \"erp_rw\";\n");
  database(server, "legacy").security.reset();
  database(server, "legacy").contents_problem = "permission denied for database \"legacy\" [42501]";
  EXPECT_THAT(shown(judged(all, server)), HasSubstr("P4 unprovable: undeclared database \"legacy\" could not be looked "
                                                    "into | GRANT CONNECT ON DATABASE \"legacy\" TO \"admin_user\";"));
}

TEST(probes, do_not_take_declared_extensions_for_holes) {
  auto all = three_services();
  all.services.front().extensions = {{.name = {"dblink"}}, {.name = {"citext"}}};
  auto server = proved_server(all);
  database(server, "cafe").contents->extensions = {{{"dblink"}, "1.2", {"extensions"}},
                                                   {{"citext"}, "1.6", {"extensions"}}};
  EXPECT_EQ(shown(judged(all, server)),
            "P28 advice: extension \"dblink\" is installed in database \"cafe\", as declared | \n");
}

TEST(probes, treat_the_predefined_roles_of_every_major_and_provider_alike) {
  const auto all = three_services();
  for (const char* name :
       {"pg_monitor", "pg_read_all_settings", "pg_read_all_stats", "pg_stat_scan_tables", "pg_read_server_files",
        "pg_write_server_files", "pg_execute_server_program", "pg_signal_backend", "pg_read_all_data",
        "pg_write_all_data", "pg_checkpoint", "pg_use_reserved_connections", "pg_create_subscription", "pg_maintain",
        "pg_signal_autovacuum_worker", "rds_superuser", "cloudsqlsuperuser", "azure_pg_admin"}) {
    auto server = proved_server(all, 18);
    server.roles.push_back({.name = {name}});
    server.memberships.push_back({.role = {name}, .member = {"erp_rw"}, .inherit = false});
    EXPECT_EQ(shown(judged(all, server)), std::string{"P17 leak: log-in \"erp_user\" can become \""} + name +
                                              "\" | REVOKE \"" + name + "\" FROM \"erp_rw\";\n");
  }
}

// A check of each probe grows with the services, not with their square.
TEST(probes, cost_what_the_estate_is_big) {
  const auto checks_of = [](int services) {
    std::vector<service_declaration> many;
    for (int i = 0; i < services; ++i) many.push_back(service("s" + std::to_string(i), 10 + i));
    const auto all = estate_of(many);
    auto server = proved_server(all);
    for (const auto& one : many) {
      auto& found = database(server, one.name);
      const role_name owner{one.name + "_owner"};
      for (int i = 0; i < 5; ++i) {
        found.security->objects.push_back(
            {.kind = 'r',
             .schema = {"public"},
             .owner = owner,
             .count = 20,
             .example = "public.t",
             .privileges = {given(owner, "arwdDxt", owner), given({one.name + "_rw"}, "arwd", owner),
                            given({one.name + "_ro"}, "r", owner)}});
      }
      server.security->hba_rules.push_back(
          rule("host", one.name, one.name + "_user", "scram-sha-256", "10.0.0.0", "255.0.0.0"));
    }
    const auto report = judged(all, server);
    EXPECT_EQ(shown(report), "");
    std::map<std::string, int> counts;
    for (const auto& tally : report.tallies) counts[tally.id] += tally.checks;
    counts.erase("P10");  // every log-in at every database: said of each pair, judged by what is granted
    int sum = 0;
    for (const auto& [id, count] : counts) sum += count;
    return sum;
  };
  const int hundred = checks_of(100);
  const auto began = std::clock();
  const int thousand = checks_of(1000);
  const auto took = (std::clock() - began) / CLOCKS_PER_SEC;
  EXPECT_LE(thousand, 10 * hundred);
  EXPECT_LT(took, 30) << "seconds of the processor, with sanitizers";
}

TEST(limits, name_what_nothing_bounds_and_what_helps) {
  for (const auto& one : limits_of_postgresql()) {
    EXPECT_FALSE(one.id.empty() || one.what.empty() || one.helps.empty()) << one.id;
  }
}

}  // namespace
}  // namespace innkeeper
