#pragma once
// Other tools' histories in a service's database, as its own session sees them.
#include <optional>
#include <string>
#include <vector>

#include "migration/tool_history.h"
#include "pg/connection.h"

namespace innkeeper::pg {

// Those on the search_path first. `name` and `schema` absent: as the tools call them, anywhere.
[[nodiscard]] std::vector<migration::tool_table> find_tool_tables(connection& session,
                                                                  const std::optional<std::string>& schema,
                                                                  const std::optional<std::string>& name);
[[nodiscard]] std::vector<migration::tool_row> read_tool_rows(connection& session, const migration::tool_table& from);

}  // namespace innkeeper::pg
