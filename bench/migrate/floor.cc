// bench_migrate_floor up|again CONNECTIONS DIRECTORY URL…: what any client has to do, and nothing else. The password
// comes from PGPASSWORD.
//   up     sends each file of the directory, in the order of the names, as one message; each URL's over one connection,
//          that many at once.
//   again  opens a connection to each and asks for the rows of one small table.
// No history, no lock, no checksums: the first error ends it.
#include <libpq-fe.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::vector<std::string> read_scripts(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const auto& one : fs::directory_iterator{directory}) files.push_back(one.path());
  std::ranges::sort(files);
  std::vector<std::string> scripts;
  for (const auto& file : files) {
    std::ifstream stream{file, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{stream}, {}};
    scripts.push_back(text.substr(0, text.find("-- migrate:down")));
  }
  return scripts;
}

void run(const std::string& url, const std::vector<std::string>& messages) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> session{PQconnectdb(url.c_str()), PQfinish};
  const auto fail = [&] {
    std::cerr << "bench_migrate_floor: " << PQerrorMessage(session.get());
    std::_Exit(1);
  };
  if (PQstatus(session.get()) != CONNECTION_OK) fail();
  for (const auto& one : messages) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer{PQexec(session.get(), one.c_str()), PQclear};
    const auto status = PQresultStatus(answer.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail();
  }
}

}  // namespace

int main(int count, char** words) {
  const std::string what = count >= 5 ? words[1] : "";
  if (what != "up" && what != "again") {
    std::cerr << "usage: bench_migrate_floor up|again CONNECTIONS DIRECTORY URL...\n";
    return 64;
  }
  const auto messages =
      what == "up" ? read_scripts(words[3]) : std::vector<std::string>{"SELECT * FROM pg_catalog.pg_database"};
  const std::vector<std::string> urls{words + 4, words + count};
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (auto i = next++; i < urls.size(); i = next++) run(urls[i], messages);
  };
  std::vector<std::jthread> others;
  for (int i = 1; i < std::stoi(words[2]); ++i) others.emplace_back(work);
  work();
  return 0;
}
