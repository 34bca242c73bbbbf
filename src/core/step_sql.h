#pragma once
// The statements of a step, and of a whole plan as a script.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/plan.h"
#include "core/secret.h"
#include "core/step.h"

namespace innkeeper {

// Ready to send in one round trip, without BEGIN and COMMIT, with what it borrows. `verifier` is needed where
// needs_secret_of() names a role; it is a SCRAM verifier, never a password.
[[nodiscard]] std::string to_sql(const step& one, const std::optional<secret>& verifier);

// Several steps of one transaction: what they borrow is borrowed once, before the first, and given back after the last.
using verifier_lookup = std::function<std::optional<secret>(const step&)>;
[[nodiscard]] std::string to_sql(const std::vector<const step*>& steps, const verifier_lookup& verifier_of);
[[nodiscard]] std::string shown_sql(const std::vector<const step*>& steps);

// The same, fit for eyes and logs: a verifier shows as '********'.
[[nodiscard]] std::string shown_sql(const step& one);

// Makes the admin itself, as the bootstrap user (requirement I1).
[[nodiscard]] std::string create_admin_sql(const role_name& admin, bool superuser, const secret& verifier);

// How many tables create_registry makes: a registry with fewer is an older version's.
[[nodiscard]] int registry_tables();

// What a superuser would run for a plan's missing rights, as a psql script.
[[nodiscard]] std::string to_preflight_script(const plan& whole);

// A psql script that does what apply would do, for a DBA to read and run: connects where it has to, stops at the first
// error, and asks for each new password with \password, which sends only a verifier.
[[nodiscard]] std::string to_script(const plan& whole);

}  // namespace innkeeper
