#include "cli/log_options.h"

#include <algorithm>

namespace innkeeper::cli {

option json_log_row() {
  return {"--json-log", "", option_kind::flag, "", "standard error as one JSON object per line (LOG_FORMAT=json)"};
}

bool obeys_log_variables(const command& one) {
  return std::ranges::find(one.options, json_log_row().name, &option::name) != one.options.end();
}

}  // namespace innkeeper::cli
