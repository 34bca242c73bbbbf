#include "cli/failure.h"

#include <gtest/gtest.h>

#include "exec/error.h"
#include "pg/error.h"

namespace innkeeper::cli {
namespace {

pg::error server_said(const std::string& sqlstate, const std::string& primary, const std::string& statement = {}) {
  return pg::error{{.sqlstate = sqlstate, .primary = primary, .statement = statement}};
}

TEST(failure, the_sqlstate_decides_on_the_exit_code) {
  EXPECT_EQ(report_of(server_said("28P01", "x")).code, exit_code::not_permitted);
  EXPECT_EQ(report_of(server_said("28000", "x")).code, exit_code::not_permitted);
  EXPECT_EQ(report_of(server_said("42501", "x")).code, exit_code::not_permitted);
  EXPECT_EQ(report_of(server_said("08006", "x")).code, exit_code::unavailable);
  EXPECT_EQ(report_of(server_said("57P03", "x")).code, exit_code::unavailable);
  EXPECT_EQ(report_of(server_said("55P03", "x")).code, exit_code::may_retry);
  EXPECT_EQ(report_of(server_said("42601", "x")).code, exit_code::failed);
}

TEST(failure, names_the_statement_that_grants_the_missing_right) {
  const auto report =
      report_of(server_said("42501", "permission denied to create database", "CREATE DATABASE \"cafe\";"));
  EXPECT_EQ(report.problems.front().message, "permission denied to create database [42501]");
  EXPECT_EQ(report.problems.front().detail, "statement: CREATE DATABASE \"cafe\";");
  EXPECT_EQ(report.problems.front().hint, "A superuser can grant the right: ALTER ROLE <admin> CREATEDB;");
}

TEST(failure, an_error_of_the_executor_keeps_its_code_detail_and_hint) {
  const auto report = report_of(exec::error{exit_code::locked, "locked", "by pid 1", "Wait."});
  EXPECT_EQ(report.code, exit_code::locked);
  EXPECT_EQ(to_json(report).dump(), R"({"message":"locked","detail":"by pid 1","hint":"Wait.","code":73})");
}

TEST(failure, what_nobody_foresaw_is_our_own_bug) {
  const auto report = report_of(std::logic_error{"vector::at"});
  EXPECT_EQ(report.code, exit_code::our_bug);
  EXPECT_EQ(report.problems.front().message, "unexpected: vector::at");
}

TEST(failure, all_problems_of_a_manifest_are_in_the_document) {
  const refused two{exit_code::invalid,
                    diagnostics{{.level = severity::warning, .message = "odd"},
                                {.where = {"innkeeper.yaml", 3, 5}, .message = "wrong", .hint = "Mend it."}}};
  EXPECT_EQ(to_json(report_of(two)).dump(),
            R"({"message":"wrong","detail":"","hint":"Mend it.","file":"innkeeper.yaml","line":3,"column":5,"code":65,)"
            R"("problems":[{"message":"odd","detail":"","hint":""},)"
            R"({"message":"wrong","detail":"","hint":"Mend it.","file":"innkeeper.yaml","line":3,"column":5}]})");
}

}  // namespace
}  // namespace innkeeper::cli
