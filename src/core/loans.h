#pragma once
// Memberships that a plain admin lends itself where no plan of a manifest says so: while a service leaves, while its
// database is dumped. By the same rule as a plan's (plan_loans.cc).
#include <optional>
#include <string>

#include "core/observed.h"
#include "core/step.h"

namespace innkeeper {

// Nothing where the admin holds as much already, or is a superuser.
[[nodiscard]] std::optional<loan> loan_of_rights(const observed_server& observed, const role_name& role);
[[nodiscard]] std::optional<loan> loan_to_become(const observed_server& observed, const role_name& role);

// One statement each, which a step has around its own.
[[nodiscard]] std::string borrowing_sql(const loan& one);
[[nodiscard]] std::string returning_sql(const loan& one);

}  // namespace innkeeper
