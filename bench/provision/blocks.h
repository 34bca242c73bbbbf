#pragma once
// Statements for bench_floor, grouped into as few round trips as their order allows. bench_pregenerate writes them,
// bench_floor reads them. A record is a line "KIND DATABASE BYTES", that many bytes of SQL, and a line's end; where no
// database is meant, it is "-".
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace innkeeper::bench {

struct database_blocks {
  std::string name;
  std::string create;  // CREATE DATABASE, which no transaction takes
  std::string around;  // in the maintenance database, when it exists
  std::string inside;  // in the database itself
};

struct blocks {
  std::vector<std::string> server;  // before any database
  std::vector<database_blocks> databases;
  std::vector<std::string> closing;  // after all of them
};

inline void write_block(std::ostream& to, const std::string& kind, const std::string& database,
                        const std::string& sql) {
  to << kind << ' ' << database << ' ' << sql.size() << '\n' << sql << '\n';
}

inline blocks read_blocks(const std::string& file) {
  std::ifstream from{file, std::ios::binary};
  if (!from) throw std::runtime_error("could not read " + file);
  blocks all;
  std::string kind;
  std::string database;
  std::size_t size = 0;
  while (from >> kind >> database >> size) {
    std::string sql(size, '\0');
    from.get();
    from.read(sql.data(), static_cast<std::streamsize>(size));
    if (!from) throw std::runtime_error(file + " is cut off");
    if (kind == "server") {
      all.server.push_back(std::move(sql));
    } else if (kind == "closing") {
      all.closing.push_back(std::move(sql));
    } else {
      if (all.databases.empty() || all.databases.back().name != database) all.databases.push_back({.name = database});
      auto& one = all.databases.back();
      (kind == "create" ? one.create : kind == "around" ? one.around : one.inside) = std::move(sql);
    }
  }
  return all;
}

}  // namespace innkeeper::bench
