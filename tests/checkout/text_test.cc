#include "services/checkout/domain/text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace checkout {
namespace {

using namespace std::chrono_literals;

const std::chrono::system_clock::time_point some_time{1'700'000'000'123ms};

TEST(order_id, is_a_uuid_of_version_7) {
  const auto low = make_uuid(some_time, {});
  const auto high = make_uuid(some_time, {255, 255, 255, 255, 255, 255, 255, 255, 255, 255});
  EXPECT_EQ(low, "018bcfe5-687b-7000-8000-000000000000");
  EXPECT_EQ(high, "018bcfe5-687b-7fff-bfff-ffffffffffff");
  EXPECT_TRUE(is_uuid(low));
  EXPECT_LT(high, make_uuid(some_time + 1ms, {})) << "they sort by time";
  for (const char* bad : {"", "018bcfe5-687b-7000-8000-00000000000", "018BCFE5-687b-7000-8000-000000000000",
                          "018bcfe5+687b-7000-8000-000000000000", "018bcfe5-687b-7000-8000-00000000000g"}) {
    EXPECT_FALSE(is_uuid(bad)) << bad;
  }
}

TEST(email_address, is_masked) {
  EXPECT_EQ(masked_email("alice@example.com"), "a***@example.com");
  EXPECT_EQ(masked_email("a@example.com"), "a***@example.com");
  EXPECT_EQ(masked_email("\xc3\xa4rger@example.com"), "\xc3\xa4***@example.com");
  EXPECT_EQ(masked_email("a@b@example.com"), "a***@example.com");
  for (const char* odd : {"", "alice", "@example.com", "alice@"}) EXPECT_EQ(masked_email(odd), "***") << odd;
}

TEST(log_line, is_one_json_object) {
  const auto text = log_line(severity::warning, "a \"quoted\"\nline", some_time, {{"order_id", "x"}});
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json, (nlohmann::json{{"severity", "warning"},
                                  {"message", "a \"quoted\"\nline"},
                                  {"timestamp", "2023-11-14T22:13:20.123000000Z"},
                                  {"order_id", "x"}}));
  EXPECT_EQ(nlohmann::json::parse(log_line(severity::info, "\xff", some_time))["message"], "\xef\xbf\xbd");
}

TEST(duration, is_read_as_go_writes_it) {
  EXPECT_EQ(parse_duration("300s"), 300s);
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("2h45m"), 2h + 45min);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("7"), 7s);
  EXPECT_EQ(parse_duration("0"), 0s);
  for (const char* bad : {"", "s", "-1s", "5 s", "1x", "1s2", "nan", "inf", "1e400", "99999999999h"}) {
    EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace checkout
