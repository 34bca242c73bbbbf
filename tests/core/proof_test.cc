#include "core/proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/core/proved_server.h"

namespace innkeeper {
namespace {

using test::estate_of;
using test::given;
using test::proved_server;
using test::service;
using testing::ElementsAre;
using testing::HasSubstr;

// One server, its facts and what to try there; answers as a server would give them that isolates well.
struct stage {
  estate all;
  desired_server desired;
  observed_server server;
  proof_facts facts;
  attempt_plan tried;
  proof_answers answers;

  explicit stage(estate of, attempt_limits limits = {})
      : all{std::move(of)},
        desired{derive_desired(all, all.servers.front())},
        server{proved_server(all)},
        facts{all, desired, server, {}},
        tried{plan_attempts(facts, limits)} {
    for (const auto& each : tried.agendas) {
      std::vector<visit_answers> list;
      for (const auto& visit : each.visits) {
        list.emplace_back();
        for (const auto& one : visit.attempts) list.back().attempts.push_back(as_expected(one));
      }
      answers.push_back(std::move(list));
    }
  }

  static outcome as_expected(const attempt& one) {
    if (one.expects == expectation::works || one.expects == expectation::hidden) {
      return {.tried = true, .entered = true, .worked = true, .row = one.expected_row};
    }
    return {.tried = true, .entered = !one.is_door(), .sqlstate = "42501", .message = "permission denied"};
  }

  // The first attempt of this log-in that fits.
  template <class Fits>
  outcome& answer(const std::string& log_in, Fits fits) {
    return visit_of(log_in, fits).first->attempts.at(visit_of(log_in, fits).second);
  }

  template <class Fits>
  std::pair<visit_answers*, std::size_t> visit_of(const std::string& log_in, Fits fits) {
    for (std::size_t i = 0; i < tried.agendas.size(); ++i) {
      const auto& visits = tried.agendas[i].visits;
      for (std::size_t at = 0; at < visits.size(); ++at) {
        const auto found = std::ranges::find_if(visits[at].attempts, fits);
        if (tried.agendas[i].log_in.value == log_in && found != visits[at].attempts.end()) {
          return {&answers[i][at], static_cast<std::size_t>(found - visits[at].attempts.begin())};
        }
      }
    }
    throw std::logic_error{"no such attempt"};
  }

  static auto is_door_to(const std::string& database) {
    return [database](const attempt& one) {
      return one.database.value == database && one.is_door() && one.with == credential::own && one.enters_as.empty() &&
             one.through == door_kind::database;
    };
  }

  outcome& door(const std::string& log_in, const std::string& database) { return answer(log_in, is_door_to(database)); }

  outcome& probe_of(const std::string& log_in, const std::string& id) {
    return answer(log_in, [&](const attempt& one) { return one.probe == id; });
  }

  // All that this agenda's visits came to, but the first so many attempts.
  void leave_out(std::size_t agenda, std::size_t but, const std::string& problem = {}) {
    for (auto& each : answers[agenda]) {
      for (auto& one : each.attempts) {
        if (but == 0) one = {.problem = problem};
        if (but > 0) --but;
      }
    }
  }

  [[nodiscard]] proof_report report() const { return judge_proof(facts, {}, tried, answers); }
};

estate numbered_services(int count) {
  std::vector<service_declaration> all;
  for (int i = 0; i < count; ++i) all.push_back(service("s" + std::to_string(i), 10 + i));
  return estate_of(all);
}

estate three_services() {
  auto cafe = service("cafe");
  cafe.readers = {{"treasury", cafe.where, false}};
  auto erp = service("erp", 20);
  erp.access = access_mode::readwrite;
  return estate_of({cafe, erp, service("treasury", 30)});
}

std::vector<std::string> statements_of(const stage& on, const std::string& log_in, const std::string& probe) {
  std::vector<std::string> all;
  for (const auto& each : on.tried.agendas) {
    for (const auto& visit : each.visits) {
      for (const auto& one : visit.attempts) {
        if (each.log_in.value == log_in && one.probe == probe) {
          all.insert(all.end(), one.statements.begin(), one.statements.end());
        }
      }
    }
  }
  return all;
}

access_cell cell(const proof_report& report, const std::string& log_in, const std::string& database) {
  const auto row = std::ranges::find(report.matrix.rows, role_name{log_in}, &access_row::log_in);
  const auto column = std::ranges::find(report.matrix.columns, database_name{database});
  return row->cells[static_cast<std::size_t>(column - report.matrix.columns.begin())];
}

TEST(proof, holds_where_every_own_door_opens_and_every_other_refuses) {
  const auto report = stage{three_services()}.report();
  EXPECT_TRUE(report.findings.empty());
  EXPECT_EQ(report.code(), exit_code::ok);
  EXPECT_EQ(report.doors, report.doors_tried + 2);  // erp's two log-ins share one budget
  EXPECT_EQ(cell(report, "cafe_user", "cafe"), access_cell::own);
  EXPECT_EQ(cell(report, "treasury_user", "cafe"), access_cell::reads);
  EXPECT_EQ(cell(report, "cafe_user", "erp"), access_cell::refused);
  EXPECT_EQ(cell(report, "erp_migrator", "postgres"), access_cell::refused);
  EXPECT_EQ(cell(report, "erp_migrator", "innkeeper"), access_cell::closed);
}

TEST(proof, tries_to_make_tables_only_as_whom_the_manifest_lets) {
  const stage on{three_services()};
  EXPECT_THAT(statements_of(on, "cafe_user", "P2"),
              testing::IsSupersetOf({"CREATE TABLE \"public\".\"innkeeper_probe\" (n integer)",
                                     "INSERT INTO \"public\".\"innkeeper_probe\" VALUES (1)"}));
  EXPECT_EQ(statements_of(on, "erp_user", "P2").size(), 3);  // refused, but for a large object
  EXPECT_EQ(statements_of(on, "erp_migrator", "P2").size(), 7);
  EXPECT_EQ(statements_of(on, "treasury_user", "P2").size(), 8);  // its own, and refused where it reads
}

TEST(proof, tries_to_become_the_admin_and_every_neighbour_s_owner_and_its_own_where_readwrite) {
  const stage on{three_services()};
  EXPECT_THAT(statements_of(on, "erp_user", "P15"),
              testing::IsSupersetOf({"SET LOCAL ROLE \"admin_user\"", "SET LOCAL SESSION AUTHORIZATION \"admin_user\"",
                                     "SET LOCAL ROLE \"erp_owner\"", "SET LOCAL ROLE \"treasury_owner\"",
                                     "SET LOCAL ROLE \"cafe_owner\"", "SET LOCAL ROLE \"cafe_access\"",
                                     "SET LOCAL SESSION AUTHORIZATION \"cafe_user\""}));
  EXPECT_THAT(statements_of(on, "erp_user", "P15"), testing::Not(testing::Contains("SET LOCAL ROLE \"erp_rw\"")));
}

TEST(proof, calls_an_opened_door_a_leak_with_the_statement_that_closes_it) {
  stage on{three_services()};
  for (auto& one : on.server.databases) {
    if (one.name.value == "cafe") one.privileges.push_back(given({"erp_user"}, "c", {"admin_user"}));
  }
  on.tried = plan_attempts(on.facts, {});
  on.door("erp_user", "cafe") = {.tried = true, .entered = true, .worked = true};
  const auto report = on.report();
  ASSERT_EQ(report.findings.size(), 2);
  EXPECT_EQ(report.findings[0].probe, "P10");
  EXPECT_EQ(report.findings[1].probe, "P3");
  EXPECT_EQ(report.findings[1].text, "log-in \"erp_user\" could enter database \"cafe\"");
  EXPECT_EQ(report.findings[1].statement, "REVOKE ALL ON DATABASE \"cafe\" FROM \"erp_user\";");
  EXPECT_EQ(report.findings[1].where.line, 20);
  EXPECT_EQ(cell(report, "erp_user", "cafe"), access_cell::leak);
}

TEST(proof, takes_no_answer_for_a_refusal_but_a_clear_one) {
  struct row {
    std::string sqlstate;
    bool entered;
    bool is_refusal;
  };
  for (const auto& [sqlstate, entered, is_refusal] :
       {row{"42501", false, true}, row{"42501", true, true}, row{"28000", false, true}, row{"28P01", false, true},
        row{"2F003", true, true}, row{"55000", false, true}, row{"55000", true, false}, row{"01007", true, true},
        row{"01006", true, true}, row{"53300", false, false}, row{"57P03", false, false}, row{"08006", false, false},
        row{"3D000", false, false}, row{"25006", true, false}, row{"42P07", true, false}, row{"57014", true, false}}) {
    EXPECT_EQ(is_clear_refusal({.tried = true, .entered = entered, .sqlstate = sqlstate}), is_refusal) << sqlstate;
    stage on{three_services()};
    on.door("cafe_user", "erp") = {.tried = true, .entered = entered, .sqlstate = sqlstate, .message = "said so"};
    const auto report = on.report();
    EXPECT_EQ(report.failed, is_refusal ? 0 : 1) << sqlstate;
    EXPECT_EQ(cell(report, "cafe_user", "erp"), is_refusal ? access_cell::refused : access_cell::failed) << sqlstate;
    if (!is_refusal) {
      EXPECT_EQ(report.findings.front().detail, "said so [" + sqlstate + "]");
    }
  }
}

TEST(proof, fails_when_a_control_fails_and_when_it_answers_something_else) {
  stage on{three_services()};
  on.probe_of("cafe_user", "P1") = {.tried = true, .sqlstate = "28P01", .message = "password authentication failed"};
  on.leave_out(0, 1);
  auto report = on.report();
  ASSERT_EQ(report.failed, 1);
  EXPECT_EQ(report.findings.front().text, "log-in \"cafe_user\" could not enter its own database \"cafe\"");
  EXPECT_EQ(report.findings.front().detail,
            "password authentication failed [28P01]; so no refusal of this log-in would prove anything, and nothing "
            "else was tried");
  EXPECT_EQ(cell(report, "cafe_user", "cafe"), access_cell::failed);
  EXPECT_EQ(cell(report, "cafe_user", "erp"), access_cell::closed);
  EXPECT_EQ(report.code(), exit_code::differences);

  stage starts_wrongly{three_services()};
  starts_wrongly.answer("cafe_user", [](const attempt& one) { return one.expected_row.front() == "cafe_owner"; })
      .row = {"cafe_user"};
  report = starts_wrongly.report();
  EXPECT_EQ(report.findings.front().text,
            "log-in \"cafe_user\" could not start as \"cafe_owner\" in database \"cafe\"");
  EXPECT_EQ(report.findings.front().detail, "the answer was cafe_user");
  EXPECT_EQ(report.failed, 1);
}

TEST(proof, says_once_why_a_log_in_could_not_be_tried) {
  stage on{three_services()};
  on.leave_out(0, 0, "no password is stored");
  const auto report = on.report();
  ASSERT_EQ(report.findings.size(), 1);
  EXPECT_EQ(report.unprovable, 1);
  EXPECT_EQ(report.findings[0].detail, "no password is stored");
  EXPECT_EQ(report.code(), exit_code::ok);
}

TEST(proof, calls_every_step_that_is_left_drift) {
  const stage on{three_services()};
  auto server = on.server;
  std::erase_if(server.databases, [](const auto& one) { return one.name.value == "erp"; });
  const proof_facts facts{on.all, on.desired, server, {}};
  const auto left = make_plan(on.desired, server, test::working_secrets(on.all), {});
  const auto report = judge_proof(facts, left, {}, {});
  EXPECT_EQ(report.drift, static_cast<int>(left.steps.size()));
  EXPECT_GT(report.drift, 5);
  EXPECT_EQ(report.code(), exit_code::differences);
  EXPECT_EQ(cell(report, "cafe_user", "erp"), access_cell::unknown);
}

TEST(proof, grows_linearly_and_leaves_no_database_untried) {
  for (const int services : {3, 40, 1000}) {
    const stage on{numbered_services(services)};
    std::set<std::string> victims;
    std::set<role_name> neighbours;
    for (const auto& each : on.tried.agendas) {
      std::size_t sessions = 0;
      std::size_t doors = 0;
      for (const auto& visit : each.visits) {
        const bool is_door = visit.is_door();
        (is_door ? doors : sessions) += 1;
        if (is_door && visit.attempts.front().probe == "P3") victims.insert(visit.database.value);
        EXPECT_LT(visit.attempts.size(), 150);
      }
      neighbours.insert(each.next_door->log_in);
      EXPECT_LE(sessions, sessions_per_service);
      EXPECT_LE(doors, refusals_per_service);
    }
    EXPECT_EQ(victims.size(), services);
    EXPECT_EQ(neighbours.size(), 2);  // sessions that serve the whole server
    if (services <= 40) {
      EXPECT_EQ(on.report().findings.size(), 0);
    }
  }
}

TEST(proof, tries_every_pair_when_asked_to) {
  const stage on{numbered_services(20), {.exhaustive = true}};
  const auto report = on.report();
  EXPECT_EQ(report.doors, 20 * (19 + 3));
  EXPECT_EQ(report.doors_tried, report.doors);
}

TEST(proof, gives_a_service_with_two_log_ins_the_budget_of_one) {
  auto first = numbered_services(30);
  for (auto& one : first.services) one.access = access_mode::readwrite;
  const stage on{first};
  EXPECT_EQ(on.tried.agendas.size(), 60);
  for (std::size_t i = 0; i + 1 < on.tried.agendas.size(); i += 2) {
    const auto doors = on.tried.agendas[i].visits.size() + on.tried.agendas[i + 1].visits.size() - 2;
    EXPECT_EQ(doors, refusals_per_service);
  }
}

TEST(proof, begins_each_agenda_with_its_control) {
  const stage on{three_services()};
  for (const auto& each : on.tried.agendas) EXPECT_TRUE(each.visits.front().attempts.front().is_control);
}

TEST(proof, keeps_services_of_one_database_out_of_each_other_s_schemas) {
  auto user = service("user");
  auto order = service("order", 20);
  user.database = order.database = {{"platform"}, user.where, false};
  user.schema = {{"user"}, user.where, true};
  order.schema = {{"order"}, order.where, true};
  const stage on{estate_of({user, order})};
  EXPECT_THAT(statements_of(on, "user_user", "P8"),
              ElementsAre("CREATE TABLE \"order\".\"innkeeper_probe\" (n integer)"));
  EXPECT_THAT(statements_of(on, "order_user", "P15"), testing::Contains("SET LOCAL ROLE \"user_owner\""));
}

TEST(proof, shows_services_that_share_a_schema_by_prefix_as_declared) {
  auto user = service("user");
  auto order = service("order", 20);
  user.database = order.database = {{"platform"}, user.where, false};
  user.user = order.user = {{"flow_user"}, user.where, false};
  user.prefix = {"user_", user.where, false};
  order.prefix = {"order_", order.where, false};
  const stage on{estate_of({user, order, service("cafe", 30)})};
  const auto report = on.report();
  EXPECT_TRUE(report.findings.empty());
  EXPECT_EQ(report.services, 3);
  EXPECT_EQ(cell(report, "flow_user", "platform"), access_cell::shared);
  EXPECT_EQ(cell(report, "flow_user", "cafe"), access_cell::refused);
  EXPECT_EQ(statements_of(on, "flow_user", "P2").size(), 7);
  EXPECT_THAT(statements_of(on, "flow_user", "P8"), testing::IsEmpty());
  EXPECT_THAT(
      report.sharing,
      ElementsAre("user \"flow_user\" logs in for 2 services: user, order",
                  "database \"platform\" holds 2 services, in schema \"public\", told apart by table prefixes"));
}

TEST(proof, lets_a_log_in_start_as_itself_where_that_is_declared) {
  auto cafe = service("cafe");
  cafe.starts_as = starting_role::self;
  const stage on{estate_of({cafe, service("erp", 20)})};
  EXPECT_TRUE(on.report().findings.empty());
  const auto& start = on.tried.agendas[0].visits[0].attempts[1];
  EXPECT_EQ(start.aim, "start as \"cafe_user\" in database \"cafe\"");
  EXPECT_EQ(statements_of(on, "cafe_user", "P2").size(), 7);
}

TEST(proof, answers_what_is_behind_a_door_by_its_refusal_and_by_nothing_unclear) {
  stage on{three_services()};
  const auto checks = [](const proof_report& report, std::string_view id) {
    return std::ranges::find_if(report.tallies,
                                [&](const auto& one) { return one.id == id && one.kind == probe_class::log_in; })
        ->checks;
  };
  const int before = checks(on.report(), "P6");
  on.door("cafe_user", "erp") = {.tried = true, .sqlstate = "57P03", .message = "starting up"};
  const auto report = on.report();
  EXPECT_EQ(report.failed, 1);
  EXPECT_EQ(checks(report, "P6"), before - 2);  // opening one and creating one
}

TEST(proof, says_what_could_be_done_behind_a_door_that_opened) {
  stage on{three_services()};
  const auto [visit, at] = on.visit_of("cafe_user", stage::is_door_to("erp"));
  visit->attempts[at] = {.tried = true, .entered = true, .worked = true};
  const auto& inside = on.tried.inside.at({"erp"});
  for (const auto& one : inside) {
    visit->inside.push_back(stage::as_expected(one));
    if (one.probe == "P5")
      visit->inside.back() = {.tried = true, .entered = true, .worked = true, .row = {"public.pay"}, .as = {"cafe_rw"}};
  }
  const auto report = on.report();
  ASSERT_EQ(report.findings.size(), 2);
  EXPECT_EQ(report.findings[0].text, "log-in \"cafe_user\" could enter database \"erp\"");
  EXPECT_EQ(report.findings[1].probe, "P5");
  EXPECT_EQ(report.findings[1].text,
            "log-in \"cafe_user\" could call a SECURITY DEFINER function in database \"erp\" as role \"cafe_rw\"");
  EXPECT_EQ(report.findings[1].detail, "public.pay");
}

TEST(proof, counts_no_attack_as_refused_that_was_not_prepared) {
  stage on{three_services()};
  on.probe_of("cafe_user", "P24") = {.tried = true,
                                     .entered = true,
                                     .prepared = false,
                                     .sqlstate = "42501",
                                     .message = "permission denied",
                                     .as = {"cafe_rw"}};
  const auto report = on.report();
  ASSERT_EQ(report.failed, 1);
  EXPECT_EQ(report.findings[0].detail, "what comes before it failed: permission denied [42501]");
}

TEST(proof, tries_as_the_session_starts_as_the_log_in_and_as_every_role_that_set_role_gives) {
  const auto all = three_services();
  const auto desired = derive_desired(all, all.servers.front());
  auto server = proved_server(all, 16);
  server.memberships.push_back({.role = {"treasury_rw"}, .member = {"cafe_owner"}, .inherit = false});
  server.memberships.push_back({.role = {"erp_owner"}, .member = {"cafe_user"}, .set = false});
  const proof_facts facts{all, desired, server, {}};
  const auto plan = plan_attempts(facts, {});
  EXPECT_THAT(
      plan.agendas[0].identities,
      ElementsAre(identity{}, identity{{"cafe_user"}, "NONE"}, identity{{"cafe_access"}, "\"cafe_access\""},
                  identity{{"treasury_access"}, "\"treasury_access\""}, identity{{"treasury_rw"}, "\"treasury_rw\""}));
  EXPECT_TRUE(std::ranges::all_of(plan.agendas[0].visits.front().attempts,
                                  [](const attempt& one) { return one.probe != "P25" || one.under_each_identity; }));
}

TEST(proof, means_what_the_answer_says) {
  using enum meaning;
  struct row {
    attempt asked;
    outcome answer;
    meaning says;
  };
  const outcome worked{.tried = true, .entered = true, .worked = true};
  const auto answered = [&](std::vector<std::string> values) {
    auto one = worked;
    one.row = std::move(values);
    return one;
  };
  const auto said = [](std::string state) {
    return outcome{.tried = true, .entered = true, .sqlstate = std::move(state)};
  };
  const attempt refused{};
  const attempt file{.allowed = {"58P01"}};
  const attempt missing{.absent = {"0A000"}};
  const attempt nothing{.expects = expectation::nothing};
  const attempt hidden{.expects = expectation::hidden, .expected_row = {"t", "t"}};
  const attempt ends{.expected_row = {"t"}};
  const attempt crowd{.takes_all_of = {"cafe"}, .expects = expectation::works, .allowed = {"53300"}};
  for (const auto& [asked, answer, says] : std::vector<row>{{refused, worked, leak},
                                                            {refused, said("42501"), as_expected},
                                                            {refused, said("58P01"), unclear},
                                                            {refused, said("0A000"), unclear},
                                                            {file, said("58P01"), leak},
                                                            {missing, said("0A000"), as_expected},
                                                            {nothing, worked, as_expected},
                                                            {nothing, answered({"public.orders"}), leak},
                                                            {nothing, said("42501"), as_expected},
                                                            {nothing, said("57014"), unclear},
                                                            {hidden, answered({"t", "t"}), as_expected},
                                                            {hidden, answered({"t", "f"}), leak},
                                                            {hidden, answered({"f", ""}), unclear},
                                                            {ends, answered({"t"}), leak},
                                                            {ends, answered({"f"}), unclear},
                                                            {crowd, worked, as_expected},
                                                            {crowd, said("53300"), leak},
                                                            {crowd, said("28P01"), unclear}}) {
    EXPECT_EQ(meaning_of(asked, answer), says) << answer.sqlstate << " " << testing::PrintToString(answer.row);
  }
}

TEST(proof, spreads_other_keys_and_kinds_of_doors_over_the_log_ins) {
  const stage on{numbered_services(40), {.roads = 2}};
  std::set<std::string> tried;
  for (const auto& one : on.report().tries) {
    for (const auto& door : one.doors) {
      if (door.find(" with") != std::string::npos) tried.insert(door.substr(door.find(" with")));
      if (door.find("replication") != std::string::npos) tried.insert("replication");
      if (door.find(" as admin_user") != std::string::npos) tried.insert("as the admin");
    }
  }
  EXPECT_THAT(tried, ElementsAre(" with a wrong password", " with its own password", " with the name as password",
                                 " without a password", "as the admin", "replication"));
  std::set<std::size_t> roads;
  for (const auto& each : on.tried.agendas) {
    for (const auto& visit : each.visits) roads.insert(visit.way_in().road);
  }
  EXPECT_EQ(roads.size(), 2);
}

TEST(proof, attacks_log_ins_that_are_not_proved_themselves) {
  const stage on{three_services()};
  const proof_facts facts{on.all, on.desired, on.server, {"cafe"}};
  const auto plan = plan_attempts(facts, {});
  ASSERT_EQ(plan.agendas.size(), 1);
  EXPECT_EQ(plan.agendas[0].next_door, (neighbour{{"erp_user"}, {"erp"}}));
  const auto& attempts = plan.agendas[0].visits.front().attempts;
  for (const auto* statement : {"ALTER ROLE \"erp_migrator\" PASSWORD NULL", "SET LOCAL ROLE \"treasury_user\"",
                                "SELECT pg_catalog.pg_terminate_backend({pid})"}) {
    EXPECT_TRUE(std::ranges::any_of(attempts, [&](const attempt& one) { return one.statements.back() == statement; }))
        << statement;
  }
}

TEST(proof, says_once_that_a_neighbour_is_missing_and_takes_none_that_has_no_seat_to_spare) {
  stage on{numbered_services(5)};
  for (std::size_t i = 0; i < on.answers.size(); ++i) {
    auto& attempts = on.answers[i].front().attempts;
    for (std::size_t n = 0; n < attempts.size(); ++n) {
      if (on.tried.agendas[i].visits.front().attempts[n].needs_neighbour) attempts[n] = {.problem = "nobody home"};
    }
  }
  const auto report = on.report();
  ASSERT_EQ(report.findings.size(), 1);
  EXPECT_EQ(report.findings[0].says, verdict::unprovable);
  EXPECT_EQ(report.findings[0].detail, "nobody home");

  for (auto& one : on.server.roles) {
    if (one.name.value == "s0_user" || one.name.value == "s1_user") one.connection_limit = 2;
  }
  const auto plan = plan_attempts(on.facts, {});
  EXPECT_EQ(plan.agendas[0].next_door->log_in.value, "s2_user");
  EXPECT_EQ(plan.agendas[2].next_door->log_in.value, "s3_user");
}

TEST(proof, disturbs_only_when_asked_to_and_then_alone) {
  for (const bool disruptive : {false, true}) {
    const stage on{three_services(), {.disruptive = disruptive}};
    const auto alone = std::ranges::count_if(on.tried.agendas, [](const agenda& one) { return one.runs_alone; });
    EXPECT_EQ(alone, disruptive ? 4 : 0);
    EXPECT_EQ(on.report().findings.size(), 0);
  }
}

TEST(probes, have_a_number_a_title_and_one_way_to_answer) {
  std::set<std::pair<std::string_view, probe_class>> seen;
  for (const auto& row : all_probes()) {
    EXPECT_TRUE(seen.emplace(row.id, row.kind).second) << row.id;
    EXPECT_FALSE(row.title.empty());
    EXPECT_EQ(row.judge != nullptr, row.kind == probe_class::catalog) << row.id;
    EXPECT_EQ(row.attempts != nullptr || row.inside != nullptr, row.kind != probe_class::catalog) << row.id;
  }
}

}  // namespace
}  // namespace innkeeper
