// The splitter against libpg_query's own two, on statements of every kind: tests/migration/corpus/. They know neither
// the data of COPY nor psql's meta-commands; the scanner's knows no BEGIN ATOMIC either.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pg_query.h>

#include "migration/sql_scan.h"
#include "migration/sql_split.h"
#include "tests/migration/layout_files.h"

namespace innkeeper::migration {
namespace {

// From the first token to the last, as we cut statements; "" for comments alone.
std::string without_comments_around(std::string_view slice) {
  std::optional<std::size_t> begin;
  std::size_t end = 0;
  for (const auto& token : scan_sql(slice).tokens) {
    if (token.kind == token_class::comment) continue;
    if (!begin) begin = token.begin;
    end = token.end;
  }
  return begin ? std::string{slice.substr(*begin, end - *begin)} : std::string{};
}

std::vector<std::string> take_texts(const std::string& text, PgQuerySplitResult raw) {
  std::vector<std::string> texts;
  if (raw.error != nullptr) texts.push_back(std::string{"error: "} + raw.error->message);
  for (int i = 0; raw.error == nullptr && i < raw.n_stmts; ++i) {
    const auto* one = raw.stmts[i];
    auto found = without_comments_around(std::string_view{text}.substr(one->stmt_location, one->stmt_len));
    if (!found.empty()) texts.push_back(std::move(found));
  }
  pg_query_free_split_result(raw);
  return texts;
}

std::vector<std::string> our_texts(const std::string& text) {
  std::vector<std::string> texts;
  const auto split = split_sql(text, "corpus");
  for (const auto& one : split.statements) texts.push_back(one.text);
  for (const auto& one : split.problems) texts.push_back(to_string(one));
  return texts;
}

TEST(sql_split, agrees_with_the_grammar_on_a_corpus) {
  std::size_t statements = 0;
  for (const auto& file : read_files(std::string{INNKEEPER_SOURCE_DIR} + "/tests/migration/corpus")) {
    const auto ours = our_texts(file.text);
    statements += ours.size();
    EXPECT_EQ(ours, take_texts(file.text, pg_query_split_with_parser(file.text.c_str()))) << file.name;
    if (file.name == "atomic.sql") continue;
    EXPECT_EQ(ours, take_texts(file.text, pg_query_split_with_scanner(file.text.c_str()))) << file.name;
  }
  EXPECT_GT(statements, 100);
}

}  // namespace
}  // namespace innkeeper::migration
