#include "pg/database_sizes.h"

#include <string>

#include "embedded/catalog_sql.h"

namespace innkeeper::pg {

std::map<database_name, std::int64_t> measure_databases(connection& maintenance) {
  const auto rows = maintenance.query(catalog_sql::sizes_sql);
  std::map<database_name, std::int64_t> sizes;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows.is_null(i, 1)) sizes.emplace(database_name{rows.text(i, 0)}, std::stoll(rows.text(i, 1)));
  }
  return sizes;
}

}  // namespace innkeeper::pg
