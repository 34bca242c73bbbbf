#include "pg/advisory_lock.h"

#include <fmt/format.h>

#include <random>
#include <thread>

#include "embedded/catalog_sql.h"

namespace innkeeper::pg {
namespace {

std::string_view suffix(lock_mode mode) {
  return mode == lock_mode::shared ? "_shared" : "";
}

std::string holder_of(connection& session, std::int64_t key) {
  const auto row = session.query_with(catalog_sql::lock_holder_sql, {std::to_string(key)});
  if (row.empty()) return "another session";
  return fmt::format("{} ({})", row.text(0, 0).empty() ? "another session" : row.text(0, 0), row.text(0, 1));
}

}  // namespace

std::int64_t lock_key(std::string_view words) {
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  for (const char c : words) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return static_cast<std::int64_t>(hash);
}

bool try_lock(connection& session, std::int64_t key, lock_mode mode) {
  const auto row = session.query(fmt::format("SELECT pg_catalog.pg_try_advisory_lock{}({});", suffix(mode), key));
  return row.text(0, 0) == "t";
}

bool take_lock(connection& session, std::int64_t key, lock_mode mode, std::chrono::milliseconds timeout,
               const std::function<void(const std::string& holder)>& waiting) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::minstd_rand jitter{std::random_device{}()};
  std::string told;
  while (!try_lock(session, key, mode)) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    const std::string holder = holder_of(session, key);
    if (holder != told) waiting(holder);
    told = holder;
    std::this_thread::sleep_for(std::chrono::milliseconds{50 + jitter() % 100});
  }
  return true;
}

void release_lock(connection& session, std::int64_t key, lock_mode mode) {
  session.query(fmt::format("SELECT pg_catalog.pg_advisory_unlock{}({});", suffix(mode), key));
}

}  // namespace innkeeper::pg
