#pragma once
// The empty files of a next version, in a directory's own layout. Pure.
#include <string>
#include <string_view>
#include <vector>

#include "migration/directory.h"

namespace innkeeper::migration {

// `timestamp`: "20261121223052". Empty for sqitch, whose plan only sqitch writes.
[[nodiscard]] std::vector<source_file> new_files(const schema_directory& files, std::string_view name,
                                                 std::string_view timestamp);

}  // namespace innkeeper::migration
