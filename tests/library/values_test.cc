// What goes into statements and comes out of results: as text, and there and back through a server.
#include <cmath>
#include <limits>

#include "library/timestamp_text.h"
#include "tests/library/service_test.h"

namespace innkeeper::test {
namespace {

using std::chrono::microseconds;
using testing::ElementsAre;

std::string text_of(const parameter& one) {
  return one.is_null() ? "NULL" : one.content();
}

timestamp at(std::int64_t micro) {
  return timestamp{microseconds{micro}};
}

TEST(parameter, is_what_postgresql_reads) {
  EXPECT_EQ(text_of(true), "t");
  EXPECT_EQ(text_of(-7), "-7");
  EXPECT_EQ(text_of(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(text_of(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(text_of(0.1), "0.1");
  EXPECT_EQ(text_of(1.0F / 3), "0.33333334");
  EXPECT_EQ(text_of(std::nan("")), "NaN");
  EXPECT_EQ(text_of(-std::numeric_limits<double>::infinity()), "-Infinity");
  EXPECT_EQ(text_of("it's"), "it's");
  EXPECT_EQ(text_of(std::nullopt), "NULL");
  EXPECT_EQ(text_of(static_cast<const char*>(nullptr)), "NULL");
  EXPECT_EQ(text_of(std::optional<int>{}), "NULL");
  EXPECT_EQ(text_of(std::optional<int>{3}), "3");
  EXPECT_EQ(text_of(std::chrono::sys_days{std::chrono::year{2024} / 2 / 29}), "2024-02-29 00:00:00.000000+00");
}

TEST(parameter, an_array_quotes_all_but_whole_numbers) {
  EXPECT_EQ(text_of(std::vector<int>{}), "{}");
  EXPECT_EQ(text_of(std::vector<std::int64_t>{1, -2}), "{1,-2}");
  EXPECT_EQ(text_of(std::vector<std::optional<int>>{1, std::nullopt}), "{1,NULL}");
  EXPECT_EQ(text_of(std::vector<bool>{true, false}), "{\"t\",\"f\"}");
  EXPECT_EQ(text_of(std::vector<std::string>{"", "NULL", "a\"b\\c", "{,}"}), R"({"","NULL","a\"b\\c","{,}"})");
  const std::array<std::string_view, 2> views{"x", "y"};
  EXPECT_EQ(text_of(std::span<const std::string_view>{views}), R"({"x","y"})");
}

TEST(parameter, refuses_a_text_that_postgresql_would_cut_off) {
  using namespace std::string_literals;
  EXPECT_EQ(failure_of([] { (void)parameter{"a\0b"s}; }).sqlstate(), "22021");
  EXPECT_EQ(failure_of([] { (void)parameter{std::vector<std::string>{"fine", "a\0b"s}}; }).sqlstate(), "22021");
}

TEST(timestamp_text, is_the_same_there_and_back) {
  for (const std::int64_t micro : {0L, 1L, -1L, 1714564800123456L, -62135596800000000L, -62135596800000001L,
                                   -210863520000000000L, 9223371331200000000L}) {
    EXPECT_EQ(parse_timestamp(to_timestamp_text(at(micro))), at(micro)) << to_timestamp_text(at(micro));
  }
  EXPECT_EQ(to_timestamp_text(at(-1)), "1969-12-31 23:59:59.999999+00");
  EXPECT_EQ(to_timestamp_text(timestamp::max()), "infinity");
  EXPECT_EQ(parse_timestamp("-infinity"), timestamp::min());
  EXPECT_EQ(parse_timestamp("2024-05-01 12:00:00.5+02"), at(1714557600500000));
  EXPECT_EQ(parse_timestamp("2024-05-01 12:00:00-03:30"), at(1714577400000000));
  EXPECT_EQ(parse_timestamp("1890-01-01 00:00:00+00:53:28"), at(-2524524808000000));
  for (const char* wrong : {"", "now", "2024-13-01 00:00:00", "2024-02-30 00:00:00", "2024-05-01", "01.05.2024 12:00",
                            "2024-05-01 12:00:00+", "2024-05-01 12:00:00 x", "999999-01-01 00:00:00"}) {
    EXPECT_EQ(parse_timestamp(wrong), std::nullopt) << wrong;
  }
}

class values : public service_test {};

TEST_F(values, each_type_comes_back_as_it_went) {
  auto session = connect();
  const statement echo{
      "SELECT $1::bool a, $2::int2 b, $3::int4 c, $4::int8 d, $5::float4 e, $6::float8 f, $7::text g, $8::bytea h,"
      " $9::timestamptz i, $10::uuid j, $11::numeric k, $12::text l"};
  const bytea raw{std::byte{0}, std::byte{0xff}, std::byte{'\\'}, std::byte{'\''}};
  const auto answer = session.execute(echo(true, std::int16_t{-3}, 42, std::int64_t{1} << 60, 0.1F, 1e-300, "é'\"\\{},",
                                           raw, at(1714564800123456), "019bf2a3-71b4-7c00-8000-00000000abcd",
                                           "123456789012345678901234567890.123456789", std::nullopt));
  const auto row = answer.front();
  EXPECT_TRUE(row["a"].as<bool>());
  EXPECT_EQ(row["b"].as<std::int16_t>(), -3);
  EXPECT_EQ(row["c"].as<int>(), 42);
  EXPECT_EQ(row["d"].as<std::int64_t>(), std::int64_t{1} << 60);
  EXPECT_EQ(row["d"].as<long long>(), 1LL << 60);
  EXPECT_EQ(row["e"].as<float>(), 0.1F);
  EXPECT_EQ(row["f"].as<double>(), 1e-300);
  EXPECT_EQ(row["g"].as<std::string>(), "é'\"\\{},");
  EXPECT_EQ(row["h"].as<bytea>(), raw);
  EXPECT_EQ(row["i"].as<timestamp>(), at(1714564800123456));
  EXPECT_EQ(row["j"].as<std::string_view>(), "019bf2a3-71b4-7c00-8000-00000000abcd");
  EXPECT_EQ(row["k"].text(), "123456789012345678901234567890.123456789");
  EXPECT_EQ(row["l"].as<std::optional<int>>(), std::nullopt);
  EXPECT_EQ(row["c"].as<std::optional<int>>(), 42);
  EXPECT_EQ(row[2].as<int>(), 42);
  EXPECT_EQ(answer.columns().size(), 12U);
}

TEST_F(values, hostile_elements_of_arrays_come_back_as_they_went) {
  auto session = connect();
  const std::vector<std::optional<std::string>> texts{
      "",      "NULL",      "null",        std::nullopt,          "\"",   "\\", "\\\"",    "a,b", "{}", "{\"x\"}",
      " lead", "tab\there", "line\nbreak", "'; DROP TABLE x; --", "é密🔑", "$1", "\x01\x7f"};
  const statement echo{
      "SELECT $1::text[] AS same, (SELECT array_agg(x ORDER BY n) FROM unnest($1::text[])"
      " WITH ORDINALITY AS u(x, n)) AS apart, cardinality($1::text[]) AS count"};
  const auto answer = session.execute(echo(texts));
  const auto row = answer.front();
  EXPECT_EQ(row["same"].as<std::vector<std::optional<std::string>>>(), texts);
  EXPECT_EQ(row["apart"].as<std::vector<std::optional<std::string>>>(), texts);
  EXPECT_EQ(row["count"].as<int>(), static_cast<int>(texts.size()));
}

TEST_F(values, arrays_of_each_type_come_back_as_they_went) {
  auto session = connect();
  const statement echo{
      "SELECT $1::int4[], $2::int8[], $3::uuid[], $4::numeric[], $5::bool[], $6::bytea[], $7::timestamptz[], "
      "$8::float8[],"
      " $9::text[], $10::int4[], '[5:6]={7,8}'::int4[]"};
  const std::vector<std::optional<std::int64_t>> wide{std::int64_t{1} << 60, std::nullopt, -1};
  const std::vector<std::string> ids{"019bf2a3-71b4-7c00-8000-00000000abcd"};
  const std::vector<bytea> raw{{}, {std::byte{0}, std::byte{'"'}}};
  const std::vector<timestamp> times{at(1), timestamp::max()};
  const auto answer = session.execute(echo(std::vector<int>{1, 2}, wide, ids, std::vector<std::string>{"0.10"},
                                           std::vector<bool>{true, false}, raw, times, std::vector<double>{0.1, 1e300},
                                           std::vector<std::string>{}, std::optional<std::vector<int>>{}));
  const auto row = answer.front();
  EXPECT_THAT(row[0].as<std::vector<int>>(), ElementsAre(1, 2));
  EXPECT_EQ(row[1].as<std::vector<std::optional<std::int64_t>>>(), wide);
  EXPECT_EQ(row[2].as<std::vector<std::string>>(), ids);
  EXPECT_THAT(row[3].as<std::vector<std::string>>(), ElementsAre("0.10"));
  EXPECT_THAT(row[4].as<std::vector<bool>>(), ElementsAre(true, false));
  EXPECT_EQ(row[5].as<std::vector<bytea>>(), raw);
  EXPECT_EQ(row[6].as<std::vector<timestamp>>(), times);
  EXPECT_THAT(row[7].as<std::vector<double>>(), ElementsAre(0.1, 1e300));
  EXPECT_TRUE(row[8].as<std::vector<std::string>>().empty());
  EXPECT_TRUE(row[9].is_null());
  EXPECT_THAT(row[10].as<std::vector<int>>(), ElementsAre(7, 8));
}

TEST_F(values, what_does_not_fit_is_an_error_with_a_sqlstate) {
  auto session = connect();
  const auto answer = session.execute(
      "SELECT NULL::int AS none, 5000000000 AS much, 'x' AS word, '{{1}}'::int[] AS deep,"
      " '{NULL}'::int[] AS holes");
  const auto row = answer.front();
  EXPECT_EQ(failure_of([&] { (void)row["none"].as<int>(); }).sqlstate(), "22002");
  EXPECT_EQ(failure_of([&] { (void)row["much"].as<int>(); }).sqlstate(), "22003");
  EXPECT_EQ(failure_of([&] { (void)row["word"].as<int>(); }).sqlstate(), "22P02");
  EXPECT_EQ(failure_of([&] { (void)row["word"].as<bool>(); }).sqlstate(), "22P02");
  EXPECT_EQ(failure_of([&] { (void)row["word"].as<double>(); }).sqlstate(), "22P02");
  EXPECT_EQ(failure_of([&] { (void)row["word"].as<timestamp>(); }).sqlstate(), "22P02");
  EXPECT_EQ(failure_of([&] { (void)row["word"].as<std::vector<int>>(); }).sqlstate(), "22P02");
  EXPECT_EQ(failure_of([&] { (void)row["deep"].as<std::vector<int>>(); }).sqlstate(), "22P02");
  EXPECT_EQ(failure_of([&] { (void)row["holes"].as<std::vector<int>>(); }).sqlstate(), "22002");
  EXPECT_EQ(failure_of([&] { (void)row["nothing"]; }).message(), "the result has no column \"nothing\"");
  EXPECT_EQ(failure_of([&] { (void)row[9]; }).sqlstate(), "42703");
  EXPECT_THROW((void)answer[1], std::out_of_range);
}

TEST_F(values, settings_of_a_database_do_not_change_what_is_read) {
  ask("ALTER DATABASE " + database_ + " SET DateStyle = 'German'");
  ask("ALTER DATABASE " + database_ + " SET TimeZone = 'Asia/Kathmandu'");
  ask("ALTER DATABASE " + database_ + " SET bytea_output = 'escape'");
  auto session = connect();
  const auto answer = session.execute("SELECT '2024-05-01 12:00:00.25+00'::timestamptz, '\\x005c41ff'::bytea");
  EXPECT_EQ(answer.front()[0].as<timestamp>(), at(1714564800250000));
  EXPECT_EQ(answer.front()[1].as<bytea>(), (bytea{std::byte{0}, std::byte{'\\'}, std::byte{'A'}, std::byte{0xff}}));
}

TEST_F(values, a_result_outlives_its_connection_and_counts_rows) {
  std::optional<connection> session{connect()};
  session->execute("CREATE TABLE t (n int)");
  EXPECT_EQ(session->execute("INSERT INTO t SELECT generate_series(1, 3)").affected_rows(), 3U);
  const auto answer = session->execute("SELECT n FROM t ORDER BY n");
  session.reset();
  std::vector<int> read;
  for (const auto row : answer) read.push_back(row["n"].as<int>());
  EXPECT_THAT(read, ElementsAre(1, 2, 3));
  EXPECT_TRUE(result{}.empty());
  EXPECT_EQ(result{}.begin(), result{}.end());
}

}  // namespace
}  // namespace innkeeper::test
