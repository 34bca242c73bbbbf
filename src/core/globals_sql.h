#pragma once
// What pg_dump leaves out of one service's database: its roles with their password verifiers, memberships and settings,
// and the database itself. A script for psql, that brings them back as they are: of a retired service, retired.
#include <string>
#include <vector>

#include "core/footprint.h"
#include "core/secret.h"

namespace innkeeper {

// `roles` are those that go with the service. `creation_options` is what CREATE DATABASE says of encoding and locale;
// empty: the database stays, others live in it.
[[nodiscard]] secret print_globals(const service_footprint& one, const std::vector<role_name>& roles,
                                   const observed_server& observed, const std::string& creation_options);

}  // namespace innkeeper
