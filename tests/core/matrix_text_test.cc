#include "core/matrix_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace innkeeper {
namespace {

using enum access_cell;
using testing::HasSubstr;
using testing::Not;

proof_report small_report() {
  proof_report report{.server = "shared", .services = 2, .probes = 52, .tried = true, .doors = 5, .doors_tried = 5};
  report.matrix.columns = {{"cafe"}, {"erp"}, {"postgres"}};
  report.matrix.rows = {{{"cafe_user"}, {"cafe"}, {own, refused, closed}},
                        {{"erp_user"}, {"erp"}, {reads, own, refused}}};
  return report;
}

TEST(matrix_text, draws_log_ins_against_databases_with_a_legend) {
  EXPECT_EQ(matrix_text(small_report(), {.width = 80}),
            "                  cafe   erp  postgres\n"
            "cafe_user (cafe)  own    no   (no)\n"
            "erp_user (erp)    reads  own  no\n"
            "own: its own; reads: may read, as declared; no: tried, refused\n"
            "(no): closed, as the catalogs say; not tried\n");
}

TEST(matrix_text, numbers_its_columns_where_their_names_are_too_wide) {
  EXPECT_EQ(matrix_text(small_report(), {.width = 30}),
            "                  1 2 3\n"
            "cafe_user (cafe)  o - .\n"
            "erp_user (erp)    r o -\n"
            "1 cafe  2 erp  3 postgres\n"
            "o: its own\n"
            "r: may read, as declared\n"
            "-: tried, refused\n"
            ".: closed, as the catalogs say; not tried\n");
}

TEST(matrix_text, ends_with_the_verdict) {
  auto report = small_report();
  EXPECT_EQ(verdict_line(report, {}), "Proved: 2 services, 52 probes, 0 leaks, 0 failed, 0 unprovable.");
  report.tried = false;
  EXPECT_EQ(verdict_line(report, {}), "Verified: 2 services, 52 probes, 0 leaks, 0 failed, 0 unprovable.");
  report.leaks = 1;
  report.drift = 2;
  EXPECT_EQ(verdict_line(report, {}),
            "Not proved: 2 services, 52 probes, 1 leak, 0 failed, 0 unprovable, 2 differences.");
}

TEST(matrix_text, says_of_a_leak_whose_it_is_how_bad_and_what_mends_it) {
  auto report = small_report();
  report.leaks = 1;
  report.findings = {{.probe = "P3",
                      .how_bad = gravity::critical,
                      .service = "erp",
                      .log_in = {"erp_user"},
                      .database = {"cafe"},
                      .text = "log-in \"erp_user\" could enter database \"cafe\"",
                      .statement = "REVOKE ALL ON DATABASE \"cafe\" FROM \"erp_user\";",
                      .where = {"innkeeper.yaml", 20, 3}}};
  EXPECT_EQ(findings_text(report, {}),
            "Critical (1)\n"
            "leak P3, critical: log-in \"erp_user\" could enter database \"cafe\"\n"
            "  service: erp\n"
            "  declared at: innkeeper.yaml:20:3\n"
            "  mend it: REVOKE ALL ON DATABASE \"cafe\" FROM \"erp_user\";\n");
  EXPECT_THAT(findings_text(report, {.colored = true}), HasSubstr("\x1b[1;31mleak\x1b[0m P3"));
}

TEST(matrix_text, says_how_many_doors_were_left_untried) {
  auto report = small_report();
  report.doors_tried = 3;
  EXPECT_THAT(proof_text(report, {}), HasSubstr("Tried 3 of 5 doors that must be closed; --exhaustive tries all.\n"));
  report.doors_tried = 5;
  EXPECT_THAT(proof_text(report, {}), Not(HasSubstr("--exhaustive")));
}

TEST(matrix_text, counts_and_names_the_exceptions_where_the_estate_is_large) {
  proof_report report{.services = 50, .tried = true};
  report.matrix.columns = {{"db"}, {"postgres"}};
  for (int i = 0; i < 50; ++i) {
    report.matrix.rows.push_back({{"user_" + std::to_string(i)}, {"s" + std::to_string(i)}, {own, refused}});
  }
  EXPECT_EQ(matrix_text(report, {}),
            "50 log-ins and 2 databases: 50 of 50 log-ins as declared.\n"
            "         50  its own\n"
            "         50  tried, refused\n");
  report.matrix.rows[7].cells = {leak, failed};
  report.matrix.rows[9].cells[0] = reads;
  EXPECT_EQ(matrix_text(report, {}),
            "50 log-ins and 2 databases: 49 of 50 log-ins as declared.\n"
            "         48  its own\n"
            "          1  may read, as declared\n"
            "         49  tried, refused\n"
            "          1  gets in, and must not\n"
            "          1  nothing proved: a control failed, or the answer was unclear\n"
            "May read what is another's, as declared:\n"
            "  user_9 (s9): reads: db\n"
            "Not as declared:\n"
            "  user_7 (s7): LEAK: db\n"
            "  user_7 (s7): FAIL: postgres\n");
}

TEST(matrix_text, groups_findings_by_what_they_are_the_worst_first) {
  auto report = small_report();
  const auto add = [&](verdict says, gravity how_bad, const std::string& text) {
    report.findings.push_back({.probe = "P3", .says = says, .how_bad = how_bad, .text = text});
  };
  add(verdict::leak, gravity::high, "a");
  add(verdict::failed, gravity::critical, "b");
  add(verdict::drift, gravity::medium, "c");
  add(verdict::advice, gravity::low, "d");
  add(verdict::leak, gravity::high, "e");
  report.findings.back().accepted =
      acceptance{"until the split", {std::chrono::year{2030} / 12 / 31}, {"m.yaml", 3, 1}};
  report.findings.front().statement = "ALTER ROLE a NOLOGIN;\nALTER ROLE b NOLOGIN;";
  EXPECT_EQ(findings_text(report, {}),
            "Critical (1)\nfailed P3, critical: b\n\n"
            "High (1)\nleak P3, high: a\n  mend it: ALTER ROLE a NOLOGIN;\n    ALTER ROLE b NOLOGIN;\n\n"
            "Not as declared (1)\ndrift: c\n\n"
            "Advice (1)\nadvice P3: d\n\n"
            "Accepted (1)\nleak P3, high: e\n  accepted until 2030-12-31 (m.yaml:3:1): until the split\n");
}

TEST(matrix_text, says_what_is_switched_off_and_what_was_read) {
  auto report = small_report();
  report.version_num = 150020;
  report.system_identifier = "7370000000000000001";
  report.roles = 12;
  report.databases = 4;
  report.off = {{"wal_messages", "cafe", "our CDC emits messages", {"m.yaml", 7, 3}},
                {"tls", "", "a closed network", {"m.yaml", 2, 3}}};
  const auto text = proof_text(report, {});
  EXPECT_THAT(text, HasSubstr("  wal_messages of cafe is switched off (m.yaml:7:3), because our CDC emits messages\n"
                              "  tls is switched off (m.yaml:2:3), because a closed network\n"));
  EXPECT_THAT(text, HasSubstr("Server shared: PostgreSQL 15.20 (system 7370000000000000001), 12 roles and 4 databases "
                              "read, list of probes "));
}

TEST(matrix_text, aligns_names_by_characters) {
  auto report = small_report();
  report.matrix.rows[0].log_in = {"café_user"};
  EXPECT_THAT(matrix_text(report, {}), HasSubstr("café_user (cafe)  own    no   (no)\n"));
}

}  // namespace
}  // namespace innkeeper
