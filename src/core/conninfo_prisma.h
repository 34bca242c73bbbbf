#pragma once
// Prisma's URL: https://www.prisma.io/docs/orm/overview/databases/postgresql. It looks like libpq's, names the schema,
// and has its own words for TLS. It is only written: what it says beyond libpq has no other place.
#include <string_view>

#include "core/conninfo.h"

namespace innkeeper {

[[nodiscard]] printed_conninfo print_prisma(const conninfo& one, std::string_view schema);

}  // namespace innkeeper
