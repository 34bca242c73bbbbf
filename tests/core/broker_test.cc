#include "core/broker.h"

#include <gtest/gtest.h>

namespace innkeeper {
namespace {

struct broker_url_row {
  const char* url;
  const char* want;  // "": no such URL
  bool is_tls = false;
};

const broker_url_row broker_urls[] = {
    {"redis://cache:6379", "Redis at cache:6379"},
    {"redis://cache", "Redis at cache:6379"},
    {"redis://cache/3?x=1", "Redis at cache:6379"},
    {"redis://:p@ss@cache:7000/1", "Redis at cache:7000"},
    {"redis://app:secret@cache:7000", "Redis at cache:7000"},
    {"redis:///2", "Redis at localhost:6379"},
    {"redis://:7000", "Redis at localhost:7000"},
    {"redis://[::1]:7000/0", "Redis at [::1]:7000"},
    {"redis://[::1", ""},
    {"redis://[::1]7000", ""},
    {"rediss://cache", "Redis at cache:6379", true},
    {"amqp://guest:guest@broker/vhost", "RabbitMQ at broker:5672"},
    {"amqps://broker", "RabbitMQ at broker:5671", true},
    {"amqp://broker:0", ""},
    {"amqp://broker:65536", ""},
    {"amqp://broker:x", ""},
    {"amqp://", ""},
    {"http://broker", ""},
    {"amqp://a b", ""},
};

TEST(broker, urls_are_read_without_what_is_secret_in_them) {
  for (const auto& row : broker_urls) {
    SCOPED_TRACE(row.url);
    const auto address = parse_broker_url(row.url);
    EXPECT_EQ(address ? to_string(*address) : "", row.want);
    EXPECT_EQ(address && address->is_tls, row.is_tls);
  }
}

struct broker_answer_row {
  broker_kind kind;
  std::string bytes;
  bool is_whole;
  std::optional<obstacle> want;
};

TEST(broker, each_answer_is_up_or_one_obstacle) {
  using namespace std::string_literals;
  const auto redis = broker_kind::redis;
  const auto rabbitmq = broker_kind::rabbitmq;
  const broker_answer_row rows[] = {
      {redis, "+PONG\r\n", true, std::nullopt},
      {redis, "-NOAUTH Authentication required.\r\n", true, std::nullopt},
      {redis, "-WRONGPASS invalid username-password pair\r\n", true, std::nullopt},
      {redis, "-NOPERM this user has no permissions\r\n", true, std::nullopt},
      {redis, "-LOADING Redis is loading the dataset in memory\r\n", true, obstacle::starting_up},
      {redis, "-ERR max number of clients reached\r\n", true, obstacle::too_many_connections},
      {redis, "-DENIED Redis is running in protected mode\r\n", true, obstacle::lost},
      {redis, "HTTP/1.1 400 Bad Request\r\n", true, obstacle::misconfigured},
      {redis, "", false, std::nullopt},
      {redis, "+PO", false, std::nullopt},
      {redis, "-" + std::string(600, 'x'), true, obstacle::lost},
      {rabbitmq, "\1\0\0\0\0\1\xec\0\12\0\12\0\x09"s, true, std::nullopt},
      {rabbitmq, "\1\0\0\0\0\1"s, false, std::nullopt},
      {rabbitmq, "\1"s, false, std::nullopt},
      {rabbitmq, "\1\0\0\0\0\1\xec\0\24\0\12\0\x09"s, true, obstacle::misconfigured},
      {rabbitmq, "AMQP\0\1\0\0"s, true, obstacle::misconfigured},
      {rabbitmq, "HTTP/1.1 400", true, obstacle::misconfigured},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.bytes);
    const auto answer = judge_answer(row.kind, row.bytes);
    EXPECT_EQ(answer.is_whole, row.is_whole);
    EXPECT_EQ(answer.met, row.want);
    EXPECT_NE(answer.met.has_value(), answer.text.empty());
  }
}

}  // namespace
}  // namespace innkeeper
