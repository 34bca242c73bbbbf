#include "library/failure_of.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace innkeeper {
namespace {

// Nothing was done, and another time it may go well.
bool is_transient(std::string_view sqlstate) {
  static constexpr std::array<std::string_view, 4> codes{"40001", "40P01", "55P03", "53300"};
  return std::ranges::find(codes, sqlstate) != codes.end();
}

// What libpq says by itself has several lines.
void keep_to_one_line(failure& facts) {
  const auto end = facts.message.find('\n');
  if (end == std::string::npos) return;
  if (facts.detail.empty()) facts.detail = facts.message.substr(end + 1);
  facts.message.resize(end);
}

failure facts_in_common(const pg::error_facts& facts) {
  failure common{.sqlstate = facts.sqlstate,
                 .message = facts.primary,
                 .detail = facts.detail,
                 .hint = facts.hint,
                 .table = facts.table,
                 .column = facts.column,
                 .constraint = facts.constraint,
                 .statement = facts.statement};
  keep_to_one_line(common);
  return common;
}

}  // namespace

error error_of(const pg::client_failure& failed) {
  auto facts = facts_in_common(failed.facts);
  facts.connection_is_lost = failed.is_lost;
  facts.outcome_is_unknown = failed.is_unknown;
  facts.is_timeout = failed.is_late;
  facts.may_retry = !failed.is_unknown && (failed.is_lost || failed.is_stale || is_transient(facts.sqlstate));
  return error{std::move(facts)};
}

error error_of(const pg::error& refused) {
  auto facts = facts_in_common(refused.facts());
  facts.connection_is_lost = true;
  facts.may_retry = refused.may_retry();
  return error{std::move(facts)};
}

}  // namespace innkeeper
