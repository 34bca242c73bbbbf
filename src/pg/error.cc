#include "pg/error.h"

#include <algorithm>
#include <array>

namespace innkeeper::pg {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view sqlstate, const std::array<std::string_view, N>& codes) {
  return std::ranges::find(codes, sqlstate) != codes.end();
}

}  // namespace

error::error(error_facts facts)
    : std::runtime_error{facts.primary + " [" + facts.sqlstate + "]"}, facts_{std::move(facts)} {}

bool error::connection_is_lost() const {
  return facts_.sqlstate.starts_with("08") || facts_.sqlstate.starts_with("57P0");
}

bool error::may_retry() const {
  static constexpr std::array<std::string_view, 4> codes{"55P03", "40001", "40P01", "53300"};
  return connection_is_lost() || is_one_of(facts_.sqlstate, codes);
}

bool error::is_catalog_race() const {
  // The one place where text decides: XX000 is every internal error, and only this one is a race.
  return (facts_.sqlstate == "23505" && facts_.schema == "pg_catalog") ||
         (facts_.sqlstate == "XX000" && facts_.primary.find("tuple concurrently") != std::string::npos);
}

bool error::is_race() const {
  static constexpr std::array<std::string_view, 5> codes{"42710", "42P04", "42P06", "42P07", "23505"};
  return is_one_of(facts_.sqlstate, codes) || is_catalog_race();
}

bool error::is_not_permitted() const {
  static constexpr std::array<std::string_view, 5> codes{"42501", "28P01", "28000", "01006", "01007"};
  return is_one_of(facts_.sqlstate, codes);
}

}  // namespace innkeeper::pg
