#include "core/proof_html.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/proof_record.h"
#include "core/step_sql.h"

namespace innkeeper {
namespace {

using enum access_cell;
using testing::HasSubstr;
using testing::Not;

const page_facts shown_facts{.estate = "cafe-erp", .time = "2026-11-21 16:20:05 UTC", .program = "innkeeper 0.1.0"};

proof_report small_report() {
  proof_report report{.server = "shared",
                      .version_num = 150020,
                      .system_identifier = "7370000000000000001",
                      .roles = 12,
                      .databases = 4,
                      .services = 2,
                      .probes = 52,
                      .tried = true,
                      .doors = 5,
                      .doors_tried = 5};
  report.tallies = {
      {.id = "P3", .title = "other services' databases refuse", .kind = probe_class::log_in, .checks = 9}};
  report.matrix.columns = {{"cafe"}, {"erp"}, {"postgres"}};
  report.matrix.rows = {{{"cafe_user"}, {"cafe"}, {own, refused, closed}},
                        {{"erp_user"}, {"erp"}, {reads, own, refused}}};
  return report;
}

int count_of(const std::string& text, std::string_view part) {
  int count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

TEST(proof_page, says_what_was_proved_of_which_server_when_and_by_what) {
  const auto page = proof_page(shown_facts, {small_report()});
  for (const auto* part : {"Proved: 2 services, 52 probes, 0 leaks", "2026-11-21 16:20:05 UTC", "innkeeper 0.1.0",
                           "<dd>15.20</dd>", "7370000000000000001", "12 roles, 4 databases", "5 of 5 doors",
                           "other services&#39; databases refuse", "<bdi>cafe_user</bdi>"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
  EXPECT_THAT(page, HasSubstr(probe_list_version()));
}

TEST(proof_page, needs_nothing_from_elsewhere_and_no_script) {
  auto report = small_report();
  report.findings = {{.probe = "P3", .text = "a leak", .statement = "REVOKE x FROM y;"}};
  const auto page = proof_page(shown_facts, {report});
  for (const auto* part :
       {"<script", "src=", "@import", "url(", "http://", "https://", "<link", "<iframe", "onclick"}) {
    EXPECT_THAT(page, Not(HasSubstr(part)));
  }
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

TEST(proof_page, shows_hostile_names_as_text) {
  const std::string hostile = "<script>alert('x')</script>\"&\x01\xff\u202e";
  auto report = small_report();
  report.server = hostile;
  report.matrix.columns[1] = {hostile};
  report.matrix.rows[0].log_in = {hostile};
  report.matrix.rows[0].services = {hostile};
  report.sharing = {hostile};
  report.off = {{"tls", "", hostile, {hostile, 1, 1}}};
  report.findings = {{.probe = hostile,
                      .service = hostile,
                      .log_in = {hostile},
                      .database = {hostile},
                      .text = hostile,
                      .detail = hostile,
                      .statement = hostile,
                      .where = {hostile, 1, 1},
                      .accepted = acceptance{hostile, std::chrono::year{2030} / 1 / 1, {hostile, 1, 1}}}};
  auto named = shown_facts;
  named.estate = named.problem = hostile;
  const auto page = proof_page(named, {report});
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("alert('x')")));
  EXPECT_THAT(page, Not(HasSubstr("\x01")));
  EXPECT_THAT(page, Not(HasSubstr("\xff")));
  EXPECT_THAT(page, Not(HasSubstr("\u202e"))) << "it would turn the text that follows";
  EXPECT_GE(count_of(page, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;"), 12);
}

TEST(proof_page, puts_findings_first_with_the_statement_that_mends_them) {
  auto report = small_report();
  report.leaks = 1;
  report.findings = {{.probe = "P3",
                      .how_bad = gravity::critical,
                      .service = "erp",
                      .log_in = {"erp_user"},
                      .database = {"cafe"},
                      .text = "log-in \"erp_user\" could enter database \"cafe\"",
                      .statement = "REVOKE ALL ON DATABASE \"cafe\" FROM \"erp_user\";"}};
  const auto page = proof_page(shown_facts, {report});
  EXPECT_THAT(page, HasSubstr("<title>Not proved: cafe-erp</title>"));
  EXPECT_THAT(page, HasSubstr("<code>REVOKE ALL ON DATABASE &quot;cafe&quot; FROM &quot;erp_user&quot;;</code>"));
  EXPECT_LT(page.find("<article class=\"critical\">"), page.find("Who can enter what"));
  EXPECT_LT(page.find("Who can enter what"), page.find("What was asked"));
}

TEST(proof_page, says_of_an_estate_that_was_not_reached_that_nothing_is_proved) {
  auto unreached = shown_facts;
  unreached.problem = "server \"shared\" is not running";
  const auto page = proof_page(unreached, {});
  EXPECT_THAT(page, HasSubstr("<title>Not proved"));
  EXPECT_THAT(page, HasSubstr("server &quot;shared&quot; is not running"));
}

TEST(proof_page, of_a_thousand_services_is_a_page_that_a_browser_bears) {
  proof_report report{.server = "shared", .services = 1000, .tried = true};
  for (int i = 0; i < 1000; ++i) report.matrix.columns.push_back({fmt::format("service_{}", i)});
  for (std::size_t i = 0; i < 1000; ++i) {
    access_row row{{fmt::format("service_{}_user", i)}, {fmt::format("service_{}", i)}, {}};
    for (std::size_t j = 0; j < 1000; ++j) {
      const auto behind = (j + 1000 - i) % 1000;
      row.cells.push_back(behind == 0 ? own : behind <= 12 ? refused : closed);
    }
    report.matrix.rows.push_back(std::move(row));
  }
  report.matrix.rows[500].cells[7] = leak;
  const auto page = proof_page(shown_facts, {report});
  EXPECT_LT(page.size(), 1'000'000U);
  EXPECT_LT(count_of(page, "<td"), 10'000);
  EXPECT_EQ(count_of(page, "<th scope=\"row\">"), 1000);
  EXPECT_EQ(count_of(page, "LEAK</td>"), 1) << "no exception is lost in a run";
  EXPECT_THAT(page, HasSubstr("colspan=\"987\">· ×987</td>"));
}

TEST(probe_list, has_a_version_that_names_its_length) {
  EXPECT_EQ(probe_list_version(), probe_list_version());
  EXPECT_EQ(probe_list_version().find(fmt::format("{}-", all_probes().size())), 0U);
}

}  // namespace
}  // namespace innkeeper
