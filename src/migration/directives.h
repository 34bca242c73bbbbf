#pragma once
// `-- innkeeper: …` at a file's top, or behind a section's mark. Pure.
#include <string>
#include <string_view>
#include <vector>

#include "migration/directory.h"

namespace innkeeper::migration {

struct directives_result {
  directives says;
  std::vector<location> requires_at;  // of each of `says.requires_files`
  diagnostics problems;
};

// The words of the comment lines above the first of the text's statements, added to what `above` says already.
[[nodiscard]] directives_result read_directives(std::string_view text, const std::string& file, int first_line,
                                                const std::vector<sql_statement>& statements,
                                                directives_result above = {});

// Directives that stand below the first statement, where nobody reads them.
[[nodiscard]] diagnostics late_directives(std::string_view text, const std::string& file, int first_line,
                                          const std::vector<sql_statement>& statements);

}  // namespace innkeeper::migration
