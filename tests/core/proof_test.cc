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
  std::vector<agenda> agendas;
  std::vector<std::vector<outcome>> answers;

  explicit stage(estate of, bool exhaustive = false)
      : all{std::move(of)},
        desired{derive_desired(all, all.servers.front())},
        server{proved_server(all)},
        facts{all, desired, server, {}},
        agendas{plan_attempts(facts, exhaustive)} {
    for (const auto& each : agendas) {
      std::vector<outcome> list;
      for (const auto& visit : each.visits) {
        for (const auto& one : visit.attempts) {
          list.push_back(one.expects == expectation::works
                             ? outcome{.tried = true, .entered = true, .worked = true, .row = one.expected_row}
                             : outcome{.tried = true, .sqlstate = "42501", .message = "permission denied"});
        }
      }
      answers.push_back(std::move(list));
    }
  }

  // The first attempt of this log-in that fits.
  template <class Fits>
  outcome& answer(const std::string& log_in, Fits fits) {
    for (std::size_t i = 0; i < agendas.size(); ++i) {
      std::size_t next = 0;
      for (const auto& visit : agendas[i].visits) {
        for (const auto& one : visit.attempts) {
          if (agendas[i].log_in.value == log_in && fits(one)) return answers[i][next];
          ++next;
        }
      }
    }
    throw std::logic_error{"no such attempt"};
  }

  outcome& door(const std::string& log_in, const std::string& database) {
    return answer(log_in, [&](const attempt& one) {
      return one.database.value == database && one.statements.empty() && one.with == credential::own;
    });
  }

  outcome& probe_of(const std::string& log_in, const std::string& id) {
    return answer(log_in, [&](const attempt& one) { return one.probe == id; });
  }

  [[nodiscard]] proof_report report() const { return judge_proof(facts, {}, agendas, answers); }
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
  for (const auto& each : on.agendas) {
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
  EXPECT_EQ(report.doors, report.doors_tried);
  EXPECT_EQ(cell(report, "cafe_user", "cafe"), access_cell::own);
  EXPECT_EQ(cell(report, "treasury_user", "cafe"), access_cell::reads);
  EXPECT_EQ(cell(report, "cafe_user", "erp"), access_cell::refused);
  EXPECT_EQ(cell(report, "erp_migrator", "postgres"), access_cell::refused);
}

TEST(proof, tries_to_make_tables_only_as_whom_the_manifest_lets) {
  const stage on{three_services()};
  EXPECT_THAT(statements_of(on, "cafe_user", "P2"),
              ElementsAre("CREATE TABLE \"public\".\"innkeeper_probe\" (n integer)",
                          "INSERT INTO \"public\".\"innkeeper_probe\" VALUES (1)",
                          "SELECT n FROM \"public\".\"innkeeper_probe\""));
  EXPECT_EQ(statements_of(on, "erp_user", "P2").size(), 1);  // refused
  EXPECT_EQ(statements_of(on, "erp_migrator", "P2").size(), 3);
  EXPECT_EQ(statements_of(on, "treasury_user", "P2").size(), 4);  // its own, and refused where it reads
}

TEST(proof, tries_to_become_the_admin_and_every_neighbour_s_owner_and_its_own_where_readwrite) {
  const stage on{three_services()};
  EXPECT_THAT(statements_of(on, "erp_user", "P15"),
              ElementsAre("SET LOCAL ROLE \"admin_user\"", "SET LOCAL ROLE \"erp_owner\"",
                          "SET LOCAL ROLE \"treasury_owner\"", "SET LOCAL ROLE \"cafe_owner\""));
}

TEST(proof, calls_an_opened_door_a_leak_with_the_statement_that_closes_it) {
  stage on{three_services()};
  for (auto& one : on.server.databases) {
    if (one.name.value == "cafe") one.privileges.push_back(given({"erp_user"}, "c", {"admin_user"}));
  }
  on.agendas = plan_attempts(on.facts, false);
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
  for (auto& later : on.answers[0]) later.tried = &later == &on.answers[0][0];
  auto report = on.report();
  ASSERT_EQ(report.failed, 1);
  EXPECT_EQ(report.findings.front().text,
            "log-in \"cafe_user\" could not enter its own database \"cafe\" and start as \"cafe_owner\"");
  EXPECT_EQ(report.findings.front().detail, "password authentication failed [28P01]");
  EXPECT_EQ(cell(report, "cafe_user", "cafe"), access_cell::failed);
  EXPECT_EQ(cell(report, "cafe_user", "erp"), access_cell::closed);
  EXPECT_EQ(report.code(), exit_code::differences);

  stage starts_wrongly{three_services()};
  starts_wrongly.probe_of("cafe_user", "P1").row = {"cafe_user", "cafe_user"};
  report = starts_wrongly.report();
  EXPECT_EQ(report.findings.front().detail, "the answer was cafe_user, cafe_user");
  EXPECT_EQ(report.failed, 1);
}

TEST(proof, says_once_why_a_log_in_could_not_be_tried) {
  stage on{three_services()};
  for (auto& one : on.answers[0]) one = {.problem = "no password is stored"};
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
  for (const int services : {3, 40, 200}) {
    const stage on{numbered_services(services)};
    std::set<std::string> victims;
    for (const auto& each : on.agendas) {
      std::size_t sessions = 0;
      std::size_t doors = 0;
      for (const auto& visit : each.visits) {
        const bool is_door = visit.attempts.front().statements.empty();
        (is_door ? doors : sessions) += 1;
        if (is_door && visit.attempts.front().probe == "P3") victims.insert(visit.database.value);
        EXPECT_LT(visit.attempts.size(), 20);
      }
      EXPECT_LE(sessions, sessions_per_service);
      EXPECT_LE(doors, refusals_per_service);
    }
    EXPECT_EQ(victims.size(), services);
    EXPECT_EQ(on.report().findings.size(), 0);
  }
}

TEST(proof, tries_every_pair_when_asked_to) {
  const stage on{numbered_services(20), true};
  const auto report = on.report();
  EXPECT_EQ(report.doors, 20 * (19 + 3));
  EXPECT_EQ(report.doors_tried, report.doors);
}

TEST(proof, gives_a_service_with_two_log_ins_the_budget_of_one) {
  auto first = numbered_services(30);
  for (auto& one : first.services) one.access = access_mode::readwrite;
  const stage on{first};
  EXPECT_EQ(on.agendas.size(), 60);
  for (std::size_t i = 0; i + 1 < on.agendas.size(); i += 2) {
    const auto doors = on.agendas[i].visits.size() + on.agendas[i + 1].visits.size() - 2;
    EXPECT_EQ(doors, refusals_per_service);
  }
}

TEST(proof, begins_each_agenda_with_its_control) {
  const stage on{three_services()};
  for (const auto& each : on.agendas) EXPECT_TRUE(each.visits.front().attempts.front().is_control);
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
  EXPECT_EQ(statements_of(on, "flow_user", "P2").size(), 3);
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
  const auto& control = on.agendas[0].visits[0].attempts[0];
  EXPECT_THAT(control.expected_row, ElementsAre("cafe_user", "cafe_user"));
  EXPECT_EQ(statements_of(on, "cafe_user", "P2").size(), 3);
}

TEST(probes, have_a_number_a_title_and_one_way_to_answer) {
  std::set<std::pair<std::string_view, probe_class>> seen;
  for (const auto& row : all_probes()) {
    EXPECT_TRUE(seen.emplace(row.id, row.kind).second) << row.id;
    EXPECT_FALSE(row.title.empty());
    EXPECT_EQ(row.judge != nullptr, row.kind == probe_class::catalog) << row.id;
    EXPECT_EQ(row.attempts != nullptr, row.kind != probe_class::catalog) << row.id;
  }
}

}  // namespace
}  // namespace innkeeper
