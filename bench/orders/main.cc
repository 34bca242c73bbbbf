// The store of the checkout service under load, through its own interface.
//   bench_orders record CLIENTS SECONDS    orders with three items (T1), each durable when it counts
//   bench_orders history CLIENTS SECONDS   pages of 20 with their items, of users user-0 … user-999
// DATABASE_URL says where. Prints "orders per second, p50 and p99 in milliseconds", separated by tabs.
#include <fmt/format.h>
#include <innkeeper/pool.h>
#include <openssl/rand.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>
#include <vector>

#include "services/checkout/domain/text.h"
#include "services/checkout/store/postgres_history.h"
#include "services/checkout/store/postgres_store.h"

namespace {

using namespace checkout;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

order an_order(const std::string& user) {
  std::array<unsigned char, 10> tail{};
  RAND_bytes(tail.data(), static_cast<int>(tail.size()));
  order one{.order_id = make_uuid(std::chrono::system_clock::now(), tail),
            .user_id = user,
            .email = "someone@example.com",
            .currency = "EUR",
            .shipping_address = {"1600 Amphitheatre Parkway", "Mountain View", "CA", "United States", 94043},
            .lines = {{{"OLJCESPC7Z", 2}, {"EUR", 17, 682441398}},
                      {{"6E92ZMYYFZ", 1}, {"EUR", 7, 952233525}},
                      {{"9SIQT8TOJO", 3}, {"EUR", 4, 856258293}}},
            .shipping_cost = {"EUR", 7, 952233525}};
  one.total = total_of(one.shipping_cost, one.lines).value();
  return one;
}

// Each client does it again and again, for so long; what it throws ends the program.
template <class Work>
void measure(int clients, std::chrono::seconds time, Work work) {
  std::vector<std::vector<std::chrono::nanoseconds>> took(static_cast<std::size_t>(clients));
  std::vector<std::thread> threads;
  const auto start = clock::now();
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; clock::now() < start + time; ++n) {
        const auto before = clock::now();
        work(i, n);
        took[static_cast<std::size_t>(i)].push_back(clock::now() - before);
      }
    });
  }
  for (auto& one : threads) one.join();
  const std::chrono::duration<double> whole = clock::now() - start;
  std::vector<std::chrono::nanoseconds> all;
  for (const auto& one : took) all.insert(all.end(), one.begin(), one.end());
  std::sort(all.begin(), all.end());
  const auto percentile = [&](double part) {
    const auto at = static_cast<std::size_t>(part * static_cast<double>(all.size()));
    return std::chrono::duration<double, std::milli>{all.at(std::min(at, all.size() - 1))}.count();
  };
  fmt::print("{:.1f}\t{:.3f}\t{:.3f}\n", static_cast<double>(all.size()) / whole.count(), percentile(0.5),
             percentile(0.99));
}

int run(const std::string& what, int clients, std::chrono::seconds time) {
  auto options = innkeeper::pool_options_of_environment();
  options.connection = store_connection(std::move(options.connection));
  innkeeper::pool pool{options};
  const auto soon = [] { return clock::now() + 30s; };
  if (what == "record") {
    postgres_store store{pool, {}, {}};
    const auto read_at = store.now(soon());
    std::random_device seed;
    const auto run_number = std::to_string(seed());
    measure(clients, time, [&](int client, int n) {
      const auto one = an_order("bench-" + run_number + "-" + std::to_string(client) + "-" + std::to_string(n));
      if (!store.record(one, read_at, soon())) throw std::runtime_error{"an order was not recorded"};
    });
    return 0;
  }
  if (what == "history") {
    postgres_history history{pool};
    measure(clients, time, [&](int client, int n) {
      const auto user = "user-" + std::to_string((client * 7919 + n * 104729) % 1000);
      if (history.list(user, 20, std::nullopt, soon()).size() != 20) throw std::runtime_error{"a page is not full"};
    });
    return 0;
  }
  return 64;
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) {
    std::cerr << "usage: bench_orders record|history CLIENTS SECONDS" << std::endl;
    return 64;
  }
  try {
    return run(words[1], std::atoi(words[2]), std::chrono::seconds{std::atoi(words[3])});
  } catch (const std::exception& problem) {
    std::cerr << problem.what() << std::endl;
    return 1;
  }
}
