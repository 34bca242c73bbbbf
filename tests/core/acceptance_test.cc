#include "core/acceptance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/estates.h"

namespace innkeeper {
namespace {

using std::chrono::year;
using testing::HasSubstr;

const std::chrono::year_month_day today{year{2026} / 11 / 21};
const std::chrono::year_month_day tomorrow{year{2026} / 11 / 22};
const std::chrono::year_month_day yesterday{year{2026} / 11 / 20};

accepted_finding entry(const std::string& probe, const std::chrono::year_month_day& until = tomorrow) {
  return {.probe = probe, .reason = "until the split", .until = until, .where = {"m.yaml", 3, 5}};
}

finding found(const std::string& probe, verdict says, const std::string& service = "cafe") {
  return {.probe = probe,
          .says = says,
          .how_bad = gravity::high,
          .service = service,
          .log_in = {service + "_user"},
          .database = {"erp"},
          .text = "something"};
}

proof_report report_with(std::vector<finding> findings) {
  proof_report report{.server = "shared", .tried = true, .findings = std::move(findings)};
  report.tallies = {{.id = "P3", .kind = probe_class::log_in}, {.id = "P10"}};
  for (const auto& one : report.findings) {
    if (one.says == verdict::leak) ++report.leaks, ++report.tallies[one.probe == "P3" ? 0 : 1].leaks;
    if (one.says == verdict::failed) ++report.failed, ++report.tallies[one.probe == "P3" ? 0 : 1].failed;
    if (one.says == verdict::unprovable) ++report.unprovable, ++report.tallies[one.probe == "P3" ? 0 : 1].unprovable;
    if (one.says == verdict::drift) ++report.drift;
  }
  return report;
}

proof_report after(const std::vector<accepted_finding>& accepted, std::vector<finding> findings, bool is_whole = true,
                   bool tried = true) {
  auto all = test::estate_of({test::service("cafe"), test::service("erp", 20)});
  all.accepted = accepted;
  std::vector<proof_report> reports{report_with(std::move(findings))};
  reports.front().tried = tried;
  accept_findings(all, {today, is_whole}, reports);
  return reports.front();
}

TEST(acceptance, takes_a_finding_out_of_every_count_and_shows_it_last) {
  for (const auto says : {verdict::leak, verdict::failed, verdict::unprovable}) {
    const auto report = after({entry("P3")}, {found("P3", says), found("P10", verdict::advice)});
    EXPECT_EQ(report.leaks + report.failed + report.unprovable, 0);
    EXPECT_EQ(report.tallies[0].leaks + report.tallies[0].failed + report.tallies[0].unprovable, 0);
    EXPECT_EQ(report.accepted, 1);
    EXPECT_EQ(report.code(), exit_code::ok);
    ASSERT_TRUE(report.findings.back().accepted);
    EXPECT_EQ(report.findings.back().accepted->reason, "until the split");
    EXPECT_EQ(report.findings.back().says, says);
  }
}

TEST(acceptance, leaves_every_other_finding_a_finding) {
  const auto report = after({entry("P3")}, {found("P3", verdict::leak), found("P10", verdict::leak)});
  EXPECT_EQ(report.leaks, 1);
  EXPECT_EQ(report.code(), exit_code::differences);
  EXPECT_EQ(report.findings.front().probe, "P10");
}

TEST(acceptance, can_be_about_drift) {
  const auto report = after({entry("drift")}, {found("drift", verdict::drift)});
  EXPECT_EQ(report.drift, 0);
  EXPECT_EQ(report.code(), exit_code::ok);
}

TEST(acceptance, lasts_through_its_day_and_no_longer) {
  EXPECT_EQ(after({entry("P3", today)}, {found("P3", verdict::leak)}).leaks, 0);
  const auto report = after({entry("P3", yesterday)}, {found("P3", verdict::leak)});
  EXPECT_EQ(report.leaks, 1);
  EXPECT_EQ(report.accepted, 0);
  EXPECT_EQ(report.code(), exit_code::differences);
  EXPECT_EQ(report.findings.front().detail, "it was accepted until 2026-11-20 (m.yaml:3:5), which is over");
  // A second entry that still holds goes before the one that is over.
  EXPECT_EQ(after({entry("P3", yesterday), entry("P3")}, {found("P3", verdict::leak)}).leaks, 0);
}

TEST(acceptance, can_be_narrowed_to_a_service_a_server_a_log_in_or_a_database) {
  const auto leaks_after = [](accepted_finding one) {
    return after({std::move(one)}, {found("P3", verdict::leak, "cafe"), found("P3", verdict::leak, "erp")}).leaks;
  };
  auto one = entry("P3");
  EXPECT_EQ(leaks_after(one), 0);
  one.service = "erp";
  EXPECT_EQ(leaks_after(one), 1);
  one.server = "other";
  EXPECT_EQ(leaks_after(one), 2);
  one = entry("P3");
  one.targets = {"cafe_user"};
  EXPECT_EQ(leaks_after(one), 1);
  one.targets = {"cafe_user", "erp"};
  EXPECT_EQ(leaks_after(one), 1);
  one.targets = {"cafe_user", "postgres"};
  EXPECT_EQ(leaks_after(one), 2);
  one.targets = {"erp"};
  EXPECT_EQ(leaks_after(one), 0);
}

TEST(acceptance, may_name_a_name_with_blanks) {
  auto leak = found("P3", verdict::leak);
  leak.database = {"my old db"};
  auto one = entry("P3");
  one.targets = {"my", "old", "db"};
  EXPECT_EQ(after({one}, {leak}).leaks, 0);
}

TEST(acceptance, of_nothing_is_advice_where_all_was_looked_at) {
  const auto report = after({entry("P10")}, {});
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].says, verdict::advice);
  EXPECT_THAT(report.findings[0].text, HasSubstr("accept: of \"P10\" is about nothing any more"));
  EXPECT_EQ(report.findings[0].where.line, 3);
  EXPECT_EQ(report.code(), exit_code::ok);
  EXPECT_TRUE(after({entry("P10")}, {}, false).findings.empty()) << "only some services were looked at";
  EXPECT_TRUE(after({entry("P3")}, {}, true, false).findings.empty()) << "nothing was tried";
  EXPECT_EQ(after({entry("P3")}, {}, true, true).findings.size(), 1U);
}

TEST(acceptance, of_advice_changes_no_count) {
  const auto report = after({entry("P10")}, {found("P10", verdict::advice)});
  EXPECT_EQ(report.accepted, 1);
  EXPECT_EQ(report.leaks + report.failed + report.unprovable + report.drift, 0);
}

}  // namespace
}  // namespace innkeeper
