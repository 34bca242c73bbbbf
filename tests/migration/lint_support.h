#pragma once
// Files for lint, from text as it would lie on the disk.
#include <string>
#include <string_view>
#include <vector>

#include "migration/lint.h"

namespace innkeeper::migration::test {

constexpr std::string_view no_transaction = "-- innkeeper: no-transaction\n";

inline lint_file file_of(std::string_view text, std::string name = "a.sql") {
  const auto split = split_sql(text, name);
  return {
      .name = std::move(name), .is_transactional = !text.starts_with(no_transaction), .statements = split.statements};
}

inline lint_file phase_of(std::string_view text) {
  auto file = file_of(text);
  file.is_phase = true;
  return file;
}

inline lint_file down_of(std::string_view text) {
  auto file = file_of(text);
  file.is_down = true;
  return file;
}

inline std::vector<lint_finding> lint_text(std::string_view text, const lint_facts& facts = {}) {
  return lint({file_of(text)}, facts);
}

// "error index-not-concurrent"; info is left out, for most of it is taste.
inline std::vector<std::string> brief(const std::vector<lint_finding>& findings) {
  std::vector<std::string> all;
  for (const auto& one : findings) {
    if (one.level == lint_level::info) continue;
    all.push_back(std::string{to_string(one.level)} + " " + one.rule + (one.ignored.empty() ? "" : " (ignored)"));
  }
  return all;
}

// A server with one table of each size.
inline lint_facts shop_facts() {
  lint_facts facts{.server_version = 150020, .path = {"shop", "public"}};
  facts.tables = {
      {{"shop", "empty"}, {.rows = 0, .bytes = 8192}},
      {{"shop", "small"}, {.rows = 100, .bytes = 64 * 1024}},
      {{"shop", "orders"},
       {.rows = 1'000'000,
        .bytes = 200 * 1024 * 1024,
        .columns =
            {{"id", "integer"}, {"note", "character varying(20)"}, {"total", "numeric(10,2)"}, {"placed", "date"}},
        .not_null = {"id"},
        .indexes = {{"orders_pkey", {"id"}}, {"orders_customer_idx", {"customer"}}},
        .foreign_keys = {{"buyer", {"shop", "customers"}}}}},
      {{"shop", "customers"}, {.rows = 50'000, .bytes = 20 * 1024 * 1024}},
      {{"shop", "events"}, {.rows = 1'000'000, .bytes = 200 * 1024 * 1024, .is_partitioned = true}},
  };
  return facts;
}

}  // namespace innkeeper::migration::test
