#pragma once
// Orders in PostgreSQL. Every function throws innkeeper::error, and may be called from any thread.
#include <innkeeper/pool.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

struct order_line {
  std::string product;
  int quantity = 1;
  std::optional<std::string> note;
};

struct order {
  std::int64_t id = 0;
  innkeeper::timestamp created_at;
  std::vector<order_line> lines;
};

class order_store {
 public:
  explicit order_store(const innkeeper::pool_options& options) : pool_{options} {}

  // The order with all its lines, or nothing: one statement, one round trip.
  std::int64_t place(const std::string& user, const std::vector<order_line>& lines, innkeeper::deadline until);
  // Oldest first.
  std::vector<order> orders_of(const std::string& user, innkeeper::deadline until);
  // Adds the first order's lines to the second, and forgets the first.
  void merge(std::int64_t from, std::int64_t into, innkeeper::deadline until);
  // Each is forgotten by itself: how many were, however many fail.
  std::size_t forget(const std::vector<std::int64_t>& orders, innkeeper::deadline until);

  [[nodiscard]] innkeeper::health_report health() { return pool_.health(); }
  [[nodiscard]] std::string metrics() const { return innkeeper::to_prometheus(pool_.metrics()); }

 private:
  innkeeper::pool pool_;
};
