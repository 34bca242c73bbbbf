// bench_floor fresh|again BLOCKS URL CONNECTIONS: what any client has to do, and nothing else. The admin's password
// comes from PGPASSWORD.
//   fresh  sends the blocks that bench_pregenerate wrote, over that many connections at once.
//   again  opens the connections of an apply that finds nothing to do: one to the maintenance database, one to each
//          database, that many at once, and asks one plain catalog query on each.
// No parsing, no planning, no checks: the first error ends it.
#include <libpq-fe.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <thread>

#include "blocks.h"

namespace innkeeper::bench {
namespace {

constexpr auto maintenance = "postgres";

class session {
 public:
  session(const std::string& url, const std::string& database) {
    // Only the first dbname is read as a connection string; the second one replaces its database.
    const std::array<const char*, 4> keys{"dbname", "dbname", "options", nullptr};
    const std::array<const char*, 4> values{url.c_str(), database.c_str(), "-c search_path=pg_catalog,pg_temp",
                                            nullptr};
    handle_.reset(PQconnectdbParams(keys.data(), values.data(), 1));
    if (PQstatus(handle_.get()) != CONNECTION_OK) fail();
  }

  void send(const std::string& sql) {
    if (sql.empty()) return;
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer{PQexec(handle_.get(), sql.c_str()), PQclear};
    const auto status = PQresultStatus(answer.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail();
  }

 private:
  [[noreturn]] void fail() const {
    std::cerr << "bench_floor: " << PQerrorMessage(handle_.get());
    std::_Exit(1);
  }

  std::unique_ptr<PGconn, decltype(&PQfinish)> handle_{nullptr, PQfinish};
};

struct floor_run {
  blocks all;
  std::string url;
  int connections = 1;

  void on_every_connection(const std::function<void()>& work) const {
    std::vector<std::jthread> others;
    for (int i = 1; i < connections; ++i) others.emplace_back(work);
    work();
  }

  void fresh() const {
    session first{url, maintenance};
    for (const auto& sql : all.server) first.send(sql);
    std::atomic<std::size_t> next{0};
    on_every_connection([&] { make_databases(next); });
    for (const auto& sql : all.closing) first.send(sql);
  }

  void make_databases(std::atomic<std::size_t>& next) const {
    session shared{url, maintenance};
    std::vector<const database_blocks*> mine;
    for (auto i = next++; i < all.databases.size(); i = next++) {
      mine.push_back(&all.databases[i]);
      shared.send(mine.back()->create);
    }
    // Short of the lock table's size, as in pregenerate.cc.
    std::string around;
    for (std::size_t i = 0; i < mine.size(); ++i) {
      around += mine[i]->around;
      if (i % 100 == 99 || i + 1 == mine.size()) {
        shared.send(around);
        around.clear();
      }
    }
    for (const auto* one : mine) session{url, one->name}.send(one->inside);
  }

  void again() const {
    session{url, maintenance}.send("SELECT oid, datname, datdba FROM pg_catalog.pg_database");
    std::atomic<std::size_t> next{0};
    on_every_connection([&] {
      for (auto i = next++; i < all.databases.size(); i = next++) {
        session{url, all.databases[i].name}.send("SELECT oid, nspname, nspowner FROM pg_catalog.pg_namespace");
      }
    });
  }
};

}  // namespace
}  // namespace innkeeper::bench

int main(int count, char** words) {
  const std::string what = count == 5 ? words[1] : "";
  if (what != "fresh" && what != "again") {
    std::cerr << "usage: bench_floor fresh|again BLOCKS URL CONNECTIONS\n";
    return 64;
  }
  try {
    const innkeeper::bench::floor_run run{innkeeper::bench::read_blocks(words[2]), words[3], std::stoi(words[4])};
    what == "fresh" ? run.fresh() : run.again();
  } catch (const std::exception& problem) {
    std::cerr << "bench_floor: " << problem.what() << '\n';
    return 1;
  }
  return 0;
}
