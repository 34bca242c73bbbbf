#include "migration/new_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace innkeeper::migration {
namespace {

std::string file_word(std::string_view name) {
  std::string word;
  for (const char c : name) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (is_plain) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!word.empty() && word.back() != '_') {
      word += '_';
    }
  }
  while (word.ends_with('_')) word.pop_back();
  return word.empty() ? "change" : word;
}

const migration_file* newest_of(const schema_directory& files) {
  const migration_file* newest = nullptr;
  for (const auto& one : files.migrations) {
    if (!one.is_repeatable) newest = &one;
  }
  return newest;
}

std::string folder_of(const migration_file& one) {
  const auto slash = one.up.file.rfind('/');
  return slash == std::string::npos ? std::string{} : one.up.file.substr(0, slash + 1);
}

constexpr std::size_t shortest_timestamp = 12;

// The next whole number, as wide as the newest one's first part is written; a timestamp where those are in use.
std::string next_version(const migration_file* newest, std::string_view timestamp, bool counts_by_default) {
  if (newest == nullptr) return counts_by_default ? "1" : std::string{timestamp};
  const auto& text = newest->number.text;
  const auto first = text.substr(0, text.find_first_not_of("0123456789"));
  if (first.empty() || first.size() >= shortest_timestamp) return std::string{timestamp};
  return fmt::format("{:0{}}", std::stoll(first) + 1, first.size());
}

std::string sections(std::string_view up, std::string_view down) {
  return fmt::format("{}\n\n\n{}\n\n", up, down);
}

std::vector<source_file> pair_of(const std::string& stem) {
  return {{stem + ".up.sql", "\n"}, {stem + ".down.sql", "\n"}};
}

bool has_pairs(const migration_file* newest) {
  return newest != nullptr && newest->up.file.ends_with(".up.sql");
}

}  // namespace

std::vector<source_file> new_files(const schema_directory& files, std::string_view name, std::string_view timestamp) {
  const auto* newest = newest_of(files);
  const bool counts =
      files.format == layout::innkeeper || files.format == layout::flyway || files.format == layout::golang_migrate;
  const auto version = next_version(newest, timestamp, counts);
  const auto word = file_word(name);
  std::string folder = newest == nullptr ? std::string{} : folder_of(*newest);
  switch (files.format) {
    case layout::innkeeper: {
      if (newest == nullptr) folder = "migrations/";
      if (has_pairs(newest)) {
        return pair_of(folder + (newest->up.file.substr(folder.size()).starts_with('V')
                                     ? fmt::format("V{}__{}", version, word)
                                     : fmt::format("{}_{}", version, word)));
      }
      const bool is_timestamp = newest != nullptr && !newest->up.file.substr(folder.size()).starts_with('V');
      return {{folder +
                   (is_timestamp ? fmt::format("{}_{}.sql", version, word) : fmt::format("V{}__{}.sql", version, word)),
               sections("-- innkeeper: up", "-- innkeeper: down")}};
    }
    case layout::flyway:
      return {{fmt::format("{}V{}__{}.sql", folder, version, word), "\n"}};
    case layout::golang_migrate:
      return pair_of(fmt::format("{}{}_{}", folder, version, word));
    case layout::dbmate:
      return {{fmt::format("{}{}_{}.sql", folder, version, word), sections("-- migrate:up", "-- migrate:down")}};
    case layout::goose:
      return {{fmt::format("{}{}_{}.sql", folder, version, word), sections("-- +goose Up", "-- +goose Down")}};
    case layout::sqlx:
      if (has_pairs(newest)) return pair_of(fmt::format("{}{}_{}", folder, version, word));
      return {{fmt::format("{}{}_{}.sql", folder, version, word), "\n"}};
    case layout::diesel: {
      const auto upper = folder.empty() ? folder : folder.substr(0, folder.rfind('/', folder.size() - 2) + 1);
      return {{fmt::format("{}{}_{}/up.sql", upper, timestamp, word), "\n"},
              {fmt::format("{}{}_{}/down.sql", upper, timestamp, word), "\n"}};
    }
    case layout::node_pg_migrate:
      return {{fmt::format("{}{}_{}.sql", folder, version, word), sections("-- Up Migration", "-- Down Migration")}};
    case layout::sqitch:
      return {};
  }
  return {};
}

}  // namespace innkeeper::migration
