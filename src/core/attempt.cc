#include "core/attempt.h"

#include <algorithm>

namespace innkeeper {
namespace {

bool holds(const std::vector<std::string_view>& states, std::string_view one) {
  return std::ranges::find(states, one) != states.end();
}

meaning refusal_or_unclear(const attempt& asked, const outcome& answer) {
  const bool is_absent = answer.entered && holds(asked.absent, answer.sqlstate);
  return is_clear_refusal(answer) || is_absent ? meaning::as_expected : meaning::unclear;
}

meaning of_success(const attempt& asked, const outcome& answer) {
  const bool fits = asked.expected_row == answer.row;
  switch (asked.expects) {
    case expectation::works:
      return asked.expected_row.empty() || fits ? meaning::as_expected : meaning::unclear;
    case expectation::refused:
      return asked.expected_row.empty() || fits ? meaning::leak : meaning::unclear;
    case expectation::nothing:
      return answer.row.empty() ? meaning::as_expected : meaning::leak;
    case expectation::hidden:
      if (fits) return meaning::as_expected;
      return !answer.row.empty() && answer.row.front() == asked.expected_row.front() ? meaning::leak : meaning::unclear;
  }
  return meaning::unclear;
}

}  // namespace

meaning meaning_of(const attempt& asked, const outcome& answer) {
  if (!answer.prepared) return meaning::unclear;
  if (answer.worked) return of_success(asked, answer);
  if (holds(asked.allowed, answer.sqlstate)) return meaning::leak;
  return asked.expects == expectation::works ? meaning::unclear : refusal_or_unclear(asked, answer);
}

bool is_clear_refusal(const outcome& one) {
  const std::string_view state = one.sqlstate;
  if (one.worked) return false;
  if (state == "42501" || state.starts_with("28") || state == "2F003") return true;
  // The server only warns when a REVOKE or GRANT had no effect; inside a session that is its way to refuse.
  if (one.entered) return state == "01006" || state == "01007";
  // "is not currently accepting connections": of a database that lets nobody in.
  return state == "55000";
}

}  // namespace innkeeper
