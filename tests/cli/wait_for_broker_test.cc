// With a real Redis and a real RabbitMQ. Here and not among the tests on PostgreSQL, which run once for each major.
#include "exec/wait_for_broker.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/broker.h"
#include "exec/descriptor.h"
#include "exec/error.h"
#include "exec/process.h"
#include "tests/cli/golden.h"
#include "tests/support/child_program.h"
#include "tests/support/majors.h"
#include "tests/support/postgres_fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>

namespace innkeeper::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::HasSubstr;

// Short real delays: what is waited for happens meanwhile.
struct broker_waiting {
  std::vector<std::string> told;
  std::string reached;
  std::atomic<int> attempts = 0;
  wait_declaration limits{.max_retries = 1000,
                          .initial_delay = milliseconds{20},
                          .max_delay = milliseconds{20},
                          .timeout = milliseconds{2000}};

  void operator()(const broker_address& target) {
    exec::wait_for_broker(target, {.limits = limits}, [this](const exec::event& one) {
      if (one.kind == exec::event_kind::waiting) told.push_back(one.text);
      if (one.kind == exec::event_kind::reached) reached = one.subject;
      if (one.kind == exec::event_kind::attempt) attempts = one.done;
    });
  }

  // "code: message | detail | hint"
  std::string failure(const broker_address& target) {
    try {
      (*this)(target);
    } catch (const exec::error& failed) {
      return fmt::format("{}: {} | {} | {}", static_cast<int>(failed.code()), failed.what(), failed.detail(),
                         failed.hint());
    }
    return "";
  }
};

broker_address at(broker_kind kind, int port, bool is_tls = false) {
  return {kind, "127.0.0.1", port, is_tls};
}

class redis_server {
 public:
  explicit redis_server(int port, std::vector<std::string> more = {}) : port_{port} {
    std::vector<std::string> words{"/usr/bin/redis-server",
                                   "--port",
                                   std::to_string(port),
                                   "--bind",
                                   "127.0.0.1",
                                   "--save",
                                   "",
                                   "--appendonly",
                                   "no",
                                   "--dir",
                                   folder_.path().string()};
    words.insert(words.end(), more.begin(), more.end());
    program_ = std::make_unique<child_program>(words, std::map<std::string, std::string>{}, folder_.path(),
                                               folder_.path() / "log");
  }

 private:
  scratch_folder folder_;
  int port_;
  std::unique_ptr<child_program> program_;
};

// Answers every connection with the same bytes, and closes it.
class parrot {
 public:
  explicit parrot(std::string bytes) : bytes_{std::move(bytes)} {
    listener_.open(socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_.get(), 8) != 0 ||
        getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error{"no listener"};
    }
    port = ntohs(address.sin_port);
    thread_ = std::jthread{[this] {
      for (;;) {
        exec::descriptor client{accept(listener_.get(), nullptr, nullptr)};
        if (client.get() < 0) return;
        char buffer[64];
        (void)recv(client.get(), buffer, sizeof buffer, 0);
        (void)send(client.get(), bytes_.data(), bytes_.size(), MSG_NOSIGNAL);
      }
    }};
  }
  ~parrot() { shutdown(listener_.get(), SHUT_RDWR); }

  int port = 0;

 private:
  const std::string bytes_;
  exec::descriptor listener_;
  std::jthread thread_;
};

TEST(wait_for_broker, redis_answers_with_and_without_a_password) {
  const int open_port = free_port();
  const redis_server open{open_port};
  broker_waiting wait;
  wait(at(broker_kind::redis, open_port));
  EXPECT_EQ(wait.reached, fmt::format("Redis at 127.0.0.1:{}", open_port));
  const int closed_port = free_port();
  const redis_server closed{closed_port, {"--requirepass", "secret"}};
  wait(at(broker_kind::redis, closed_port));
}

TEST(wait_for_broker, redis_is_waited_for_until_it_starts_and_that_is_told_once) {
  const int port = free_port();
  broker_waiting wait;
  std::jthread waiter{[&] { wait(at(broker_kind::redis, port)); }};
  EXPECT_TRUE(eventually([&] { return wait.attempts > 3; }));
  const redis_server server{port};
  waiter.join();
  EXPECT_THAT(wait.told, testing::ElementsAre(
                             fmt::format("Redis at 127.0.0.1:{} does not answer: Connection refused; waiting", port)));
}

// Loading is slowed down: Redis then answers clients only now and then, and says so.
TEST(wait_for_broker, redis_that_loads_its_data_is_waited_for) {
  const scratch_folder folder;
  const int port = free_port();
  {
    std::ofstream file{folder.path() / "appendonly.aof"};
    for (int i = 0; i < 2000; ++i) {
      const auto key = fmt::format("key{:06}", i);
      file << "*3\r\n$3\r\nSET\r\n$9\r\n" << key << "\r\n$1\r\n1\r\n";
    }
  }
  const redis_server server{port,
                            {"--appendonly", "yes", "--dir", folder.path().string(), "--key-load-delay", "500",
                             "--loading-process-events-interval-bytes", "1024"}};
  broker_waiting wait;
  wait(at(broker_kind::redis, port));
  const auto text = testing::PrintToString(wait.told);
  EXPECT_THAT(text, HasSubstr("is starting up or shutting down: LOADING Redis is loading the dataset in memory"));
}

TEST(wait_for_broker, one_that_is_away_ends_with_69_and_what_to_look_at) {
  broker_waiting wait;
  wait.limits.max_retries = 2;
  const int port = free_port();
  EXPECT_EQ(wait.failure(at(broker_kind::rabbitmq, port)),
            fmt::format("69: RabbitMQ at 127.0.0.1:{} does not answer after 3 attempts | Connection refused | Check "
                        "that RabbitMQ runs and that rabbitmq.url in the manifest, or --rabbitmq, is right; "
                        "DB_INIT_MAX_RETRIES makes the wait longer.",
                        port));
  EXPECT_THAT(wait.failure({broker_kind::redis, "no-such-host.invalid", 6379, false}),
              HasSubstr("69: Redis at no-such-host.invalid:6379 does not answer after 3 attempts | "));
}

TEST(wait_for_broker, a_port_that_takes_connections_and_says_nothing_is_not_up) {
  const parrot silent{""};
  broker_waiting wait;
  wait.limits.max_retries = 1;
  EXPECT_THAT(wait.failure(at(broker_kind::redis, silent.port)),
              HasSubstr("broke the connection off after 2 attempts | it closed the connection without an answer"));
}

TEST(wait_for_broker, something_else_that_answers_ends_it_at_once_with_65) {
  const parrot web{"HTTP/1.1 400 Bad Request\r\n\r\n"};
  broker_waiting wait;
  EXPECT_THAT(wait.failure(at(broker_kind::redis, web.port)),
              HasSubstr("cannot be reached as asked | what answers there is no Redis | Correct the address"));
  EXPECT_THAT(wait.failure(at(broker_kind::rabbitmq, web.port)), HasSubstr("65: "));
  EXPECT_EQ(wait.attempts, 1);
}

TEST(wait_for_broker, with_tls_only_the_connection_is_tried_and_that_is_said) {
  const parrot silent{""};
  broker_waiting wait;
  wait(at(broker_kind::redis, silent.port, true));
  EXPECT_THAT(wait.reached, HasSubstr("takes connections (TLS: nothing was asked)"));
}

// As root, RabbitMQ's own script (not Debian's wrapper around it) runs as whoever calls it.
TEST_WHERE(is_long_run(), wait_for_broker, rabbitmq_is_waited_for_until_it_starts) {
  const scratch_folder folder;
  const int port = free_port();
  const int names = free_port();
  const auto& root = folder.path();
  std::ofstream{root / "plugins"} << "[].";
  std::ofstream{root / "rabbitmq.conf"} << fmt::format("listeners.tcp.1 = 127.0.0.1:{}\n", port);
  const std::map<std::string, std::string> environment{
      {"PATH", "/usr/bin:/bin:/usr/sbin:/sbin"},
      {"HOME", root.string()},
      {"RABBITMQ_NODENAME", fmt::format("ik{}@localhost", port)},
      {"RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"},
      {"RABBITMQ_NODE_PORT", std::to_string(port)},
      {"RABBITMQ_DIST_PORT", std::to_string(free_port())},
      {"ERL_EPMD_ADDRESS", "127.0.0.1"},
      {"ERL_EPMD_PORT", std::to_string(names)},
      {"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1"},
      {"RABBITMQ_MNESIA_BASE", (root / "mnesia").string()},
      {"RABBITMQ_LOG_BASE", (root / "log").string()},
      {"RABBITMQ_CONFIG_FILE", (root / "rabbitmq").string()},
      {"RABBITMQ_ENABLED_PLUGINS_FILE", (root / "plugins").string()}};
  child_program server{{"/usr/lib/rabbitmq/bin/rabbitmq-server"}, environment, root, root / "output"};
  broker_waiting wait;
  wait.limits.max_retries = 3000;
  EXPECT_EQ(wait.failure(at(broker_kind::rabbitmq, port)), "") << read_text(root / "output");
  ASSERT_EQ(wait.told.size(), 1U);
  EXPECT_THAT(wait.told.front(), HasSubstr("does not answer: Connection refused; waiting"));
  kill(server.pid(), SIGTERM);
  EXPECT_TRUE(eventually([&] { return server.has_ended(); }, 60));
  (void)exec::run_process({.words = {"/usr/bin/epmd", "-port", std::to_string(names), "-kill"}}, milliseconds{20000});
}

}  // namespace
}  // namespace innkeeper::test
