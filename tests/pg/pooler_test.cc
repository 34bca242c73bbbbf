// The real PgBouncer, from the files that we render, in front of a real server that we provisioned.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <list>
#include <optional>

#include "exec/error.h"
#include "exec/pooler_files.h"
#include "exec/pooler_reload.h"
#include "exec/random.h"
#include "tests/pg/proved_estate.h"
#include "tests/support/pooler.h"

namespace innkeeper::exec {
namespace {

using testing::Contains;
using testing::HasSubstr;

// Two services behind the pooler, one beside it.
estate pooled_estate(pooler_authentication how, pool_mode mode, int port, const std::filesystem::path& folder) {
  auto all = test::estate_of({test::service("cafe", 10), test::service("erp", 20), test::service("till", 30)});
  for (auto* one : {&all.services[0], &all.services[1]}) one->via = "pooled";
  all.services[0].schema_files.clear();
  auto& server = all.servers.front();
  server.endpoints.push_back(
      {.name = "pooled",
       .address = {"127.0.0.1", port},
       .pooler =
           pooler_declaration{
               .is_ours = true, .mode = mode, .authentication = how, .user = {"innkeeper_pooler"}, .directory = folder},
       .where = {"innkeeper.yaml", 5, 7}});
  return all;
}

class pooled : public testing::Test {
 protected:
  explicit pooled(pooler_authentication how = pooler_authentication::query, pool_mode mode = pool_mode::transaction)
      : port_{test::free_port()},
        lab_{pooled_estate(how, mode, port_, files()), {.password = "admin's own", .tcp = true}} {
    all_ = pooled_estate(how, mode, port_, files());
    all_.secrets_directory = lab_.store().password_file("shared", {"x"}).parent_path().parent_path().parent_path();
    access_ = lab_.access();
    access_.server = &all_.servers.front();
    access_.endpoints = lab_.server().admin_by_tcp().endpoints;
    const auto report = lab_.apply();
    EXPECT_EQ(report.code, exit_code::ok) << (report.failures.empty() ? "" : report.failures.front().text);
    EXPECT_TRUE(report.left.empty());
  }

  [[nodiscard]] std::filesystem::path files() const { return folder_.path() / "pgbouncer"; }
  [[nodiscard]] const service_declaration& service(const std::string& name) const { return *find_service(all_, name); }

  void start_pooler() {
    std::filesystem::create_directories(files());
    if (const auto user = test::server_user(); user && ::chown(files().c_str(), user->uid, user->gid) != 0) {
      throw std::runtime_error{"could not hand over the files' folder"};
    }
    (void)write_pooler_files(render_pooler(all_, access_, all_.servers.front().endpoints.front()), files());
    pooler_.emplace(files() / "pgbouncer.ini", port_);
  }

  // As the application of a service connects.
  [[nodiscard]] conninfo application(const std::string& name) const {
    return service_conninfo(all_, service(name), access_);
  }
  static pg::connection open(const conninfo& target) {
    return pg::connection::open(target, {.kind = pg::session_kind::service});
  }
  static std::string refused_with(const conninfo& target) {
    try {
      (void)open(target);
    } catch (const pg::error& failure) {
      return failure.facts().primary;
    }
    return "";
  }
  void set_password(const std::string& role, const std::string& password) {
    lab_.admin().query(
        fmt::format("ALTER ROLE {} PASSWORD '{}'", role, scram_verifier(secret{password}, random_salt()).expose()));
  }

  int port_;
  test::scratch_folder folder_;
  test::proved_estate lab_;
  estate all_;
  server_access access_;
  std::optional<test::pooler> pooler_;
};

using pooler_that_asks = pooled;

TEST_F(pooler_that_asks, lets_each_application_in_as_its_own_role_and_nobody_else) {
  start_pooler();
  EXPECT_EQ(application("cafe").endpoints.front().port, port_);
  EXPECT_TRUE(application("cafe").pools_transactions);
  EXPECT_EQ(direct_conninfo(all_, service("cafe"), access_).endpoints, access_.endpoints);
  for (const char* name : {"cafe", "erp"}) {
    const auto who = open(application(name)).query("SELECT session_user, current_user, current_database()");
    EXPECT_EQ(who.text(0, 0), fmt::format("{}_user", name));
    EXPECT_EQ(who.text(0, 1), fmt::format("{}_owner", name));
    EXPECT_EQ(who.text(0, 2), name);
  }
  auto wrong = application("cafe");
  wrong.password = secret{"wrong"};
  EXPECT_THAT(refused_with(wrong), HasSubstr("SASL authentication failed"));
  auto stranger = application("cafe");
  stranger.database = {"erp"};
  EXPECT_THAT(refused_with(stranger), HasSubstr("SASL authentication failed"));
  auto superuser = application("cafe");
  superuser.user = {"postgres"};
  superuser.password = secret{"admin's own"};
  EXPECT_THAT(refused_with(superuser), HasSubstr("SASL authentication failed"));
  auto beside = application("till");
  beside.endpoints = application("cafe").endpoints;
  EXPECT_NE(refused_with(beside), "") << "its database is not behind the pooler";
}

TEST_F(pooler_that_asks, gives_no_session_of_one_log_in_to_another_one) {
  // A second log-in of cafe's database, as a rotation makes it.
  auto admin = lab_.admin();
  admin.query(
      "CREATE ROLE cafe_user_b LOGIN; GRANT cafe_access, cafe_owner TO cafe_user_b;"
      "ALTER ROLE cafe_user_b IN DATABASE cafe SET role = cafe_owner");
  set_password("cafe_user_b", "second");
  start_pooler();
  auto second = application("cafe");
  second.user = {"cafe_user_b"};
  second.password = secret{"second"};
  std::list<pg::connection> clients;
  for (int i = 0; i < 6; ++i) clients.push_back(open(i % 2 == 0 ? application("cafe") : second));
  for (int round = 0; round < 20; ++round) {
    int i = 0;
    for (auto& one : clients) {
      const auto who = one.query("SELECT session_user, current_user");
      EXPECT_EQ(who.text(0, 0), i++ % 2 == 0 ? "cafe_user" : "cafe_user_b");
      EXPECT_EQ(who.text(0, 1), "cafe_owner");
    }
  }
  EXPECT_EQ(admin.query("SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'cafe_user%'").text(0, 0), "2")
      << "one backend each, whatever the number of clients";
}

TEST_F(pooler_that_asks, knows_a_new_password_at_once_and_a_closed_log_in_no_more) {
  start_pooler();
  auto as = application("cafe");
  (void)open(as);
  set_password("cafe_user", "another one");
  EXPECT_THAT(refused_with(as), HasSubstr("SASL authentication failed"));
  as.password = secret{"another one"};
  EXPECT_EQ(open(as).query("SELECT 1").text(0, 0), "1");
  lab_.admin().query("ALTER ROLE cafe_user NOLOGIN");
  EXPECT_THAT(refused_with(as), HasSubstr("SASL authentication failed"));
  lab_.admin().query("ALTER ROLE cafe_user LOGIN VALID UNTIL '2001-01-01'");
  EXPECT_THAT(refused_with(as), HasSubstr("SASL authentication failed"));
}

TEST_F(pooler_that_asks, is_asked_who_is_there_and_lets_go_of_idle_sessions) {
  start_pooler();
  const auto sessions = [&] {
    return lab_.admin().query("SELECT count(*) FROM pg_stat_activity WHERE usename = 'cafe_user'").text(0, 0);
  };
  {
    auto client = open(application("cafe"));
    client.query("SELECT 1");
    EXPECT_EQ(clients_at_pooler(all_, service("cafe"), access_, {"cafe_user"}), 1);
    EXPECT_EQ(clients_at_pooler(all_, service("cafe"), access_, {"cafe_user_b"}), 0);
  }
  ASSERT_TRUE(test::eventually([&] { return clients_at_pooler(all_, service("cafe"), access_, {"cafe_user"}) == 0; }));
  EXPECT_EQ(sessions(), "1") << "the pooler keeps it for the next client";
  let_go_of_idle_sessions(all_, service("cafe"), access_);
  EXPECT_TRUE(test::eventually([&] { return sessions() == "0"; }));
  EXPECT_EQ(clients_at_pooler(all_, service("till"), access_, {"till_user"}), 0) << "no pooler, nobody asked";
}

TEST_F(pooler_that_asks, has_a_log_in_that_reads_verifiers_of_its_databases_and_nothing_else) {
  auto cafe = lab_.as("innkeeper_pooler", "cafe");
  const auto found = [&](const std::string& name) {
    const auto rows = cafe.query_with("SELECT usename, passwd FROM innkeeper__pooler.log_in($1)", {name});
    return rows.empty() ? std::string{} : rows.text(0, 1).substr(0, 14);
  };
  EXPECT_EQ(found("cafe_user"), "SCRAM-SHA-256$");
  for (const char* name :
       {"erp_user", "postgres", "innkeeper_pooler", "cafe_owner", "nobody", "cafe_user' OR true --"}) {
    EXPECT_EQ(found(name), "") << name;
  }
  const auto refusal = [](pg::connection& session, const std::string& sql) {
    try {
      (void)session.query(sql);
    } catch (const pg::error& failure) {
      return std::string{failure.sqlstate()};
    }
    return std::string{"done"};
  };
  lab_.as("cafe_user", "cafe").query("CREATE TABLE public.menu (dish text)");
  for (const char* sql : {"SELECT * FROM public.menu", "SELECT rolpassword FROM pg_authid", "CREATE TEMP TABLE t ()",
                          "CREATE TABLE public.t ()", "SET ROLE cafe_owner",
                          "CREATE FUNCTION innkeeper__pooler.f() "
                          "RETURNS int LANGUAGE sql AS 'SELECT 1'"}) {
    EXPECT_EQ(refusal(cafe, sql), "42501") << sql;
  }
  EXPECT_THROW((void)lab_.as("innkeeper_pooler", "till"), pg::error) << "no service of it goes by the pooler";
  auto service = lab_.as("cafe_user", "cafe");
  EXPECT_EQ(refusal(service, "SELECT * FROM innkeeper__pooler.log_in('cafe_user')"), "42501");
}

TEST_F(pooler_that_asks, is_no_leak_to_the_proof_which_shows_what_it_reads) {
  const auto report = lab_.prove({});
  EXPECT_EQ(report.leaks, 0) << test::attempts_text(report);
  EXPECT_EQ(report.failed, 0) << test::attempts_text(report);
  EXPECT_EQ(report.drift, 0);
  EXPECT_THAT(report.sharing,
              Contains("pooler \"innkeeper_pooler\" enters database \"cafe\" and reads the verifiers of its log-ins, "
                       "nothing else"));
}

TEST_F(pooler_that_asks, has_its_function_mended_where_another_hand_changed_it) {
  const auto change = [&](const std::string& sql) {
    lab_.admin("cafe").query(sql);
    EXPECT_EQ(plan_server(all_, access_, {}).steps.steps.size(), 1U) << sql;
    EXPECT_TRUE(lab_.apply().left.empty());
    EXPECT_TRUE(plan_server(all_, access_, {}).steps.empty());
  };
  change("GRANT EXECUTE ON FUNCTION innkeeper__pooler.log_in(text) TO PUBLIC");
  change("ALTER FUNCTION innkeeper__pooler.log_in(text) RESET search_path");
  change("ALTER FUNCTION innkeeper__pooler.log_in(text) SECURITY INVOKER");
  change("DROP FUNCTION innkeeper__pooler.log_in(text)");
}

class pooler_with_a_list : public pooled {
 protected:
  pooler_with_a_list() : pooled{pooler_authentication::userlist} {}
};

TEST_F(pooler_with_a_list, passes_scram_on_and_reads_a_new_verifier_when_told) {
  start_pooler();
  EXPECT_EQ(lab_.admin().query("SELECT count(*) FROM pg_roles WHERE rolname = 'innkeeper_pooler'").text(0, 0), "0");
  EXPECT_EQ(open(application("cafe")).query("SELECT current_user").text(0, 0), "cafe_owner");

  auto store = lab_.store();
  const secret next{"nextnextnextnextnextnextnextnext"};
  const auto verifier = scram_verifier(next, random_salt());
  store.write("shared", {"cafe_user"}, {next, verifier});
  lab_.admin().query(fmt::format("ALTER ROLE cafe_user PASSWORD '{}'", verifier.expose()));
  EXPECT_THAT(refused_with(application("cafe")), HasSubstr("SASL authentication failed"));
  std::vector<std::string> told;
  reload_pooler(all_, service("cafe"), access_, [&](const event& one) { told.push_back(one.text); });
  EXPECT_THAT(told, Contains("PgBouncer of endpoint \"pooled\" has read its files anew"));
  EXPECT_EQ(open(application("cafe")).query("SELECT current_user").text(0, 0), "cafe_owner");
  EXPECT_EQ(pooler_->log().find("SCRAM-SHA-256$"), std::string::npos);
}

TEST_F(pooler_with_a_list, that_is_gone_is_told) {
  (void)render_pooler(all_, access_, all_.servers.front().endpoints.front());
  try {
    reload_pooler(all_, service("cafe"), access_, {});
    ADD_FAILURE() << "nobody was there";
  } catch (const error& failed) {
    EXPECT_EQ(failed.code(), exit_code::unavailable);
    EXPECT_STREQ(failed.what(), "PgBouncer of endpoint \"pooled\" did not take RELOAD");
  }
}

class pooler_of_sessions : public pooled {
 protected:
  pooler_of_sessions() : pooled{pooler_authentication::query, pool_mode::session} {}
};

TEST_F(pooler_of_sessions, keeps_a_session_and_cleans_it_for_the_next) {
  start_pooler();
  EXPECT_FALSE(application("cafe").pools_transactions);
  {
    auto first = open(application("cafe"));
    first.query("SET application_name = 'mine'; CREATE TEMP TABLE t (n int); SET statement_timeout = 77");
    EXPECT_EQ(first.query("SELECT count(*) FROM t").text(0, 0), "0");
  }
  auto second = open(application("cafe"));
  EXPECT_EQ(second.query("SHOW statement_timeout").text(0, 0), "0");
  EXPECT_EQ(second.query("SELECT to_regclass('pg_temp.t') IS NULL").text(0, 0), "t");
  EXPECT_EQ(second.query("SELECT current_user").text(0, 0), "cafe_owner") << "DISCARD ALL brings the role back";
}

}  // namespace
}  // namespace innkeeper::exec
