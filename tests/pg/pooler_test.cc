// The real PgBouncer, from the files that we render, in front of a real server that we provisioned.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdio>
#include <list>
#include <optional>

#include "exec/error.h"
#include "exec/pooler_files.h"
#include "exec/pooler_reload.h"
#include "exec/random.h"
#include "exec/rotate.h"
#include "tests/pg/proved_estate.h"
#include "tests/support/applications.h"
#include "tests/support/pooler.h"

namespace innkeeper::exec {
namespace {

using testing::Contains;
using testing::HasSubstr;

// Two services behind the pooler, one beside it.
estate pooled_estate(pooler_authentication how, pool_mode mode, int port, const std::filesystem::path& folder,
                     const std::string& user_of_cafe) {
  auto all = test::estate_of({test::service("cafe", 10), test::service("erp", 20), test::service("till", 30)});
  all.services[0].user.value = {user_of_cafe};
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
  explicit pooled(pooler_authentication how = pooler_authentication::query, pool_mode mode = pool_mode::transaction,
                  const std::string& user_of_cafe = "cafe_user")
      : port_{test::free_port()},
        lab_{pooled_estate(how, mode, port_, files(), user_of_cafe), {.password = "admin's own", .tcp = true}} {
    all_ = pooled_estate(how, mode, port_, files(), user_of_cafe);
    all_.secrets_directory = lab_.store().password_file("shared", {"x"}).parent_path().parent_path().parent_path();
    access_ = lab_.access();
    access_.server = &all_.servers.front();
    access_.endpoints = lab_.server().admin_by_tcp().endpoints;
    const auto report = lab_.apply();
    EXPECT_EQ(report.code, exit_code::ok) << (report.failures.empty() ? "" : report.failures.front().text);
    EXPECT_TRUE(report.left.empty());
  }

  void TearDown() override {
    if (HasFailure() && pooler_) std::fputs(pooler_->log().c_str(), stderr);
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

  std::string rotate_cafe(std::chrono::milliseconds wait, std::vector<former_session>* users = nullptr,
                          rotate_what what = rotate_what::rotate) {
    const auto report = rotate_on(
        all_, access_, {.what = what, .services = {"cafe"}, .grace = std::chrono::milliseconds{300}, .wait = wait},
        test::nobody_listens);
    if (report.log_ins.size() != 1) return "nothing";
    const auto& one = report.log_ins.front();
    if (users != nullptr) *users = one.former;
    return one.text.empty() ? std::string{to_string(one.outcome)}
                            : fmt::format("{}: {}", to_string(one.outcome), one.text);
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
  EXPECT_EQ(refused_with(stranger), "no such user");
  auto superuser = application("cafe");
  superuser.user = {"postgres"};
  superuser.password = secret{"admin's own"};
  EXPECT_EQ(refused_with(superuser), "no such user");
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
  EXPECT_EQ(refused_with(as), "no such user");
  lab_.admin().query("ALTER ROLE cafe_user LOGIN VALID UNTIL '2001-01-01'");
  EXPECT_EQ(refused_with(as), "no such user");
}

TEST_F(pooler_that_asks, is_asked_who_is_there_and_what_it_keeps_for_nobody) {
  start_pooler();
  const auto sessions = [&] {
    return lab_.admin().query("SELECT count(*) FROM pg_stat_activity WHERE usename = 'cafe_user'").text(0, 0);
  };
  {
    auto client = open(application("cafe"));
    client.query("SELECT 1");
    EXPECT_EQ(clients_at_pooler(all_, service("cafe"), {"cafe_user"}).size(), 1U);
    EXPECT_EQ(clients_at_pooler(all_, service("cafe"), {"cafe_user_b"}).size(), 0U);
  }
  ASSERT_TRUE(test::eventually([&] { return clients_at_pooler(all_, service("cafe"), {"cafe_user"}).empty(); }));
  EXPECT_EQ(sessions(), "1") << "the pooler keeps it for the next client";
  const auto idle = [&](const std::string& log_in) { return idle_sessions_of_pooler(all_, service("cafe"), {log_in}); };
  ASSERT_EQ(idle("cafe_user").size(), 1U);
  EXPECT_TRUE(idle("erp_user").empty());
  auto direct = open(direct_conninfo(all_, service("cafe"), access_));
  EXPECT_FALSE(idle("cafe_user").contains(direct.backend_pid())) << "that one is not the pooler's";
  const auto kept = std::to_string(*idle("cafe_user").begin());
  EXPECT_EQ(lab_.admin().query("SELECT usename FROM pg_stat_activity WHERE pid = " + kept).text(0, 0), "cafe_user");
  EXPECT_EQ(clients_at_pooler(all_, service("till"), {"till_user"}).size(), 0U) << "no pooler, nobody asked";
}

TEST_F(pooler_that_asks, has_a_log_in_that_reads_verifiers_of_its_databases_and_nothing_else) {
  lab_.admin().query("CREATE ROLE plain_admin LOGIN CREATEROLE PASSWORD 'its own' IN ROLE cafe_access");
  auto cafe = lab_.as("innkeeper_pooler", "cafe");
  const auto found = [&](const std::string& name) {
    const auto rows = cafe.query_with("SELECT usename, passwd FROM innkeeper__pooler.log_in($1)", {name});
    return rows.empty() ? std::string{} : rows.text(0, 1).substr(0, 14);
  };
  EXPECT_EQ(found("cafe_user"), "SCRAM-SHA-256$");
  for (const char* name :
       {"erp_user", "postgres", "innkeeper_pooler", "plain_admin", "cafe_owner", "nobody", "cafe_user' OR true --"}) {
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

TEST_F(pooler_that_asks, lets_passwords_change_while_applications_run_through_it) {
  start_pooler();
  test::applications at_work{3, [&] { return application("cafe"); }};
  ASSERT_TRUE(at_work.have_begun(6));
  for (int round = 0; round < 4; ++round) EXPECT_EQ(rotate_cafe(std::chrono::seconds{60}), "changed");
  at_work.end();
  EXPECT_EQ(at_work.refused(), 0);
  EXPECT_EQ(at_work.failed_statements(), 0);
  EXPECT_GT(at_work.sessions(), 10);
  EXPECT_TRUE(plan_server(all_, access_, {}).steps.empty());
}

TEST_F(pooler_that_asks, keeps_a_former_log_in_open_while_a_client_of_the_pooler_has_it) {
  start_pooler();
  const auto former = application("cafe");
  auto client = std::optional{open(former)};
  client->query("SELECT 1");
  std::vector<former_session> users;
  EXPECT_EQ(rotate_cafe(std::chrono::milliseconds{1500}, &users), "draining");
  ASSERT_EQ(std::ranges::count(users, database_name{"cafe"}, &former_session::database), std::ssize(users));
  EXPECT_TRUE(std::ranges::any_of(users, [](const auto& one) { return one.pid == 0 && one.address == "127.0.0.1"; }));
  EXPECT_EQ(client->query("SELECT current_user").text(0, 0), "cafe_owner");
  client.reset();
  EXPECT_EQ(rotate_cafe(std::chrono::seconds{60}, nullptr, rotate_what::resume), "changed");
  EXPECT_TRUE(test::eventually([&] {
    return lab_.admin().query("SELECT FROM pg_stat_activity WHERE usename = 'cafe_user'").empty();
  })) << "the pooler's idle session takes a seat";
  EXPECT_EQ(refused_with(former), "no such user");
  EXPECT_EQ(open(application("cafe")).query("SELECT session_user").text(0, 0), "cafe_user_b");
}

TEST_F(pooler_that_asks, holds_up_no_apply_that_closes_a_former_log_in_by_what_it_keeps_for_nobody) {
  start_pooler();
  const auto former = application("cafe");
  auto client = std::optional{open(former)};
  client->query("SELECT 1");
  EXPECT_EQ(rotate_cafe(std::chrono::milliseconds{0}), "draining");
  client.reset();
  ASSERT_TRUE(test::eventually([&] { return clients_at_pooler(all_, service("cafe"), {"cafe_user"}).empty(); }));
  ASSERT_EQ(idle_sessions_of_pooler(all_, service("cafe"), {"cafe_user"}).size(), 1U);
  EXPECT_TRUE(test::eventually([&] {
    (void)apply_server(all_, access_, {}, test::nobody_listens);
    return refused_with(former) == "no such user";
  }));
}

TEST_F(pooler_that_asks, leaves_nothing_open_when_the_manifest_names_it_no_more) {
  auto& before = all_.servers.front().endpoints;
  const auto was = before;
  const auto may_enter = [&] {
    return lab_.admin().query("SELECT has_database_privilege('innkeeper_pooler', 'cafe', 'CONNECT')").text(0, 0);
  };
  const auto schemas = [&] {
    return lab_.admin("cafe").query("SELECT count(*) FROM pg_namespace WHERE nspname = 'innkeeper__pooler'").text(0, 0);
  };
  EXPECT_EQ(may_enter(), "t");
  before.clear();
  for (auto& one : all_.services) one.via.clear();
  lab_.admin("cafe").query("CREATE TABLE innkeeper__pooler.kept ()");
  auto left = apply_server(all_, access_, {}, test::nobody_listens).left;
  EXPECT_TRUE(std::ranges::any_of(left.attentions, [](const auto& one) {
    return one.text.find("another hand has put objects there") != std::string::npos && one.database.value == "cafe";
  }));
  EXPECT_EQ(schemas(), "1");
  lab_.admin("cafe").query("DROP TABLE innkeeper__pooler.kept");
  left = apply_server(all_, access_, {}, test::nobody_listens).left;
  EXPECT_TRUE(left.empty());
  EXPECT_EQ(schemas(), "0");
  EXPECT_EQ(may_enter(), "f");
  const auto after = plan_server(all_, access_, {}).steps;
  EXPECT_TRUE(after.empty());
  for (const auto& one : after.attentions) EXPECT_THAT(one.text, testing::Not(HasSubstr("pooler"))) << one.text;

  before = was;
  for (auto* one : {&all_.services[0], &all_.services[1]}) one->via = "pooled";
  EXPECT_TRUE(apply_server(all_, access_, {}, test::nobody_listens).left.empty());
  EXPECT_EQ(may_enter(), "t");
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

TEST_F(pooler_with_a_list, is_told_of_passwords_that_change_while_applications_run) {
  start_pooler();
  test::applications at_work{2, [&] { return application("cafe"); }};
  ASSERT_TRUE(at_work.have_begun(4));
  for (int round = 0; round < 3; ++round) EXPECT_EQ(rotate_cafe(std::chrono::seconds{60}), "changed");
  at_work.end();
  EXPECT_EQ(at_work.refused(), 0);
  EXPECT_EQ(at_work.failed_statements(), 0);
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

class pooler_of_odd_names : public pooled {
 protected:
  static constexpr const char* odd = "we\"ird u'ser; \\ all";
  pooler_of_odd_names() : pooled{pooler_authentication::query, pool_mode::transaction, odd} {}
};

TEST_F(pooler_of_odd_names, lets_a_log_in_in_whatever_it_is_called) {
  start_pooler();
  EXPECT_EQ(open(application("cafe")).query("SELECT session_user").text(0, 0), odd);
  EXPECT_EQ(open(application("erp")).query("SELECT session_user").text(0, 0), "erp_user");
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
